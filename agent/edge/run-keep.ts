import { keep } from "../commands/keep.ts";
import type { KeepSettings } from "../settings.ts";
import type { Machine } from "./machine.ts";
import { runOnNode } from "./on-node.ts";
import type { Streams } from "./streams.ts";

/** `prefetcher keep` on this machine; resolves to the exit code. */
export function runKeep(
  settings: KeepSettings,
  streams: Streams,
  machine: Machine,
  signal: AbortSignal,
): Promise<number> {
  const cpuMs = () => {
    const { user, system } = machine.cpuUsage();
    return (user + system) / 1_000;
  };
  return runOnNode(settings, { streams, machine, signal }, (lines, dependencies) =>
    keep(settings, lines, { ...dependencies, cpuMs }, signal),
  );
}
