import { countOf } from "../../count-of.ts";
import { type Caller, clusterFlags, ownCommand } from "../caller.ts";
import type { Leftover } from "../status-report.ts";

/** A sentence for each owner, and each key without one, with the command by which the caller removes what is left of it. */
export function leftoverRemedies(leftovers: readonly Leftover[], caller: Caller): readonly string[] {
  const ofWhom = ({ owner, key }: Leftover) => (owner === undefined ? `key ${key}` : `owner ${owner}`);
  return [...Map.groupBy(leftovers, ofWhom).values()].map((alike) => sentenceOf(alike, caller));
}

function sentenceOf(alike: readonly Leftover[], caller: Caller): string {
  const [first] = alike;
  if (first === undefined) return "";
  if (first.owner === undefined) return unownedSentence(first.key, alike, caller);
  const kinds = [...Map.groupBy(alike, ({ kind }) => kind)].map(([kind, { length }]) => `${length} ${kind}`);
  const marks = `${countOf(alike.length, "mark")} of ${first.owner} ${areOf(alike)} left over (${kinds.join(", ")})`;
  return `${marks}; this removes what its release does not need: ${ownCommand(caller, `cleanup --orphans --owner ${first.owner}`)}`;
}

// As many as one command is read with.
const mostNamed = 10;

/** Not by `cleanup --instance`, which leaves an instance alone that a release has, be it on other nodes. */
function unownedSentence(key: string, alike: readonly Leftover[], caller: Caller): string {
  const names = alike.map(({ node }) => node);
  const more = names.length > mostNamed ? `, and so for ${names.length - mostNamed} more` : "";
  const label = `${countOf(alike.length, "label")} ${key} ${areOf(alike)} nobody's`;
  const command = `kubectl label nodes ${names.slice(0, mostNamed).join(" ")} ${key}-${clusterFlags(caller)}`;
  return `${label}; this removes ${alike.length === 1 ? "it" : "them"}: ${command}${more}`;
}

function areOf(alike: readonly Leftover[]): string {
  return alike.length === 1 ? "is" : "are";
}
