import { prefetch } from "../commands/prefetch.ts";
import type { PrefetchSettings } from "../settings.ts";
import type { Machine } from "./machine.ts";
import { runOnNode } from "./on-node.ts";
import type { Streams } from "./streams.ts";

/** `prefetcher prefetch` on this machine; resolves to the exit code. */
export function runPrefetch(
  settings: PrefetchSettings,
  streams: Streams,
  machine: Machine,
  signal: AbortSignal,
): Promise<number> {
  return runOnNode(settings, { streams, machine, signal }, (lines, dependencies) =>
    prefetch(settings, lines, dependencies, signal),
  );
}
