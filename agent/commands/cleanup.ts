import type { CleanupSettings } from "../settings.ts";
import { removeInstance } from "./cleanup-instance.ts";
import { removeOrphans } from "./cleanup-orphans.ts";
import type { CleanupDependencies } from "./cleanup-work.ts";
import type { CommandResult } from "./command-result.ts";

export type { CleanupDependencies };

/**
 * Removes what agents wrote on the Nodes and nobody needs any more; never what a release that is there still speaks for. What it has
 * removed stays removed, however it ends. Rejects only when `signal` aborts, with its reason.
 */
export async function cleanup(
  settings: CleanupSettings,
  dependencies: CleanupDependencies,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { target } = settings;
  return target.kind === "instance"
    ? removeInstance(target, settings, dependencies, signal)
    : removeOrphans(target.owner, settings, dependencies, signal);
}
