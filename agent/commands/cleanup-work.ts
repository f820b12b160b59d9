import type { Clock } from "../clock.ts";
import { countOf } from "../count-of.ts";
import { exitCode } from "../exit-code.ts";
import type { FleetApi, FleetDaemonSet, FleetNode } from "../fleet/fleet-api.ts";
import type { Mark } from "../fleet/leftovers/marks.ts";
import { KubeError } from "../kube-error.ts";
import { releaseOf } from "../owner.ts";
import type { CleanupSettings } from "../settings.ts";
import type { CommandResult } from "./command-result.ts";

/** The world outside the process. */
export interface CleanupDependencies {
  readonly api: FleetApi;
  readonly clock: Clock;
  /** Says something to the user while the command is at work: what it waits for, and each mark that it removes. */
  readonly tell: (line: string) => void;
}

/** A Node, and what of it is to go. */
export interface Find {
  readonly node: FleetNode;
  readonly marks: readonly Mark[];
}

/** What one owner's passes share. */
export interface Work extends CleanupDependencies {
  readonly settings: CleanupSettings;
  /** The Nodes from which marks were removed, or would be. */
  readonly cleaned: Set<string>;
  /** The Nodes that had gone when their marks were to be removed. */
  readonly gone: Set<string>;
}

/** How often it is looked whether pods have ended or a DaemonSet has settled. */
export const lookEveryMs = 2_000;

export function createWork(settings: CleanupSettings, dependencies: CleanupDependencies): Work {
  return { ...dependencies, settings, cleaned: new Set(), gone: new Set() };
}

/** What `run` comes to; the sentence of a KubeError, and what was done before it, where it comes to that. */
export async function endOf(work: Work, run: () => Promise<CommandResult>): Promise<CommandResult> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return unfinished(work, error.message);
  }
}

/** That it could not be done, or not all of it. */
export function unfinished(work: Work, why: string): CommandResult {
  return { exitCode: exitCode.unwritten, message: `${why}. ${doneBefore(work)}` };
}

/**
 * That agents may have been at work when the last of it was removed, and how they write it anew: one that found its mark in place does not
 * by itself.
 */
export function overtaken(work: Work, { owner, daemonSets, finds }: Overtaken): CommandResult {
  const { namespace } = releaseOf(owner);
  const names = daemonSets.map(({ name }) => `daemonset/${name}`).join(" ");
  const why =
    `release ${owner} is installed again, and may have found in place what was removed from ` +
    `${fewOf(finds.map(({ node }) => node.name))} just then, which its agents do not write again by themselves: ` +
    `kubectl rollout restart -n ${namespace} ${names}`;
  return unfinished(work, why);
}

interface Overtaken {
  readonly owner: string;
  readonly daemonSets: readonly FleetDaemonSet[];
  /** What was removed since it was seen last that no agent was there. */
  readonly finds: readonly Find[];
}

/** What was done before it came to a stop, as a sentence without its end. */
export function doneBefore({ settings, cleaned }: Work): string {
  if (settings.isDryRun || cleaned.size === 0) return "Nothing was removed";
  return `What was removed from ${countOf(cleaned.size, "node")} before that stays removed`;
}

const shown = 5;

/** The first few of many names. */
export function fewOf(names: Iterable<string>): string {
  const all = [...names];
  const more = all.length > shown ? ` and ${all.length - shown} more` : "";
  return `${all.slice(0, shown).join(", ")}${more}`;
}
