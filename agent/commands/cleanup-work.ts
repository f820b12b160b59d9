import type { Clock } from "../clock.ts";
import { exitCode } from "../exit-code.ts";
import type { FleetApi, FleetNode } from "../fleet-api.ts";
import { KubeError } from "../kube-error.ts";
import type { Mark } from "../marks.ts";
import { createPool, type Pool } from "../pool.ts";
import type { CleanupSettings } from "../settings.ts";
import type { CommandResult } from "./prefetch.ts";

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
  /** The removals that are under way. */
  readonly pool: Pool;
  /** The Nodes from which marks were removed, or would be. */
  readonly cleaned: Set<string>;
  /** The Nodes that had gone when their marks were to be removed. */
  readonly gone: Set<string>;
}

// An agent's own write comes in between; the API server takes far more from one client.
const removalsAtOnce = 8;

export function createWork(settings: CleanupSettings, dependencies: CleanupDependencies): Work {
  const pool = createPool(removalsAtOnce);
  return { ...dependencies, settings, pool, cleaned: new Set(), gone: new Set() };
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

/** What was done before it came to a stop, as a sentence without its end. */
export function doneBefore({ settings, cleaned }: Work): string {
  if (settings.isDryRun || cleaned.size === 0) return "Nothing was removed";
  return `What was removed from ${counted(cleaned.size, "node")} before that stays removed`;
}

/** `1 node`, `2 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const shown = 5;

/** The first few of many names. */
export function fewOf(names: Iterable<string>): string {
  const all = [...names];
  const more = all.length > shown ? ` and ${all.length - shown} more` : "";
  return `${all.slice(0, shown).join(", ")}${more}`;
}
