import { inspect } from "../commands/inspect.ts";
import { exitCode } from "../exit-code.ts";
import type { PrefetchSettings } from "../settings.ts";
import { version } from "../version.ts";
import { linesOf } from "./list-lines.ts";
import type { Machine } from "./machine.ts";
import { nodeWorld } from "./node-world.ts";
import { endWithError, type Streams } from "./streams.ts";

/** `prefetcher inspect` on this machine; resolves to the exit code. */
export async function runInspect(
  settings: PrefetchSettings,
  streams: Streams,
  machine: Machine,
  signal: AbortSignal,
): Promise<number> {
  // What a log would say is among the findings.
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const world = nodeWorld(settings, machine, { log, isDryRun: true });
  if (typeof world === "string") return endWithError(streams, exitCode.usage, world);
  const dependencies = { ...world, readLines: () => linesOf(settings.list), version };
  try {
    streams.stdout.write(`${JSON.stringify(await inspect(settings, dependencies, signal))}\n`);
    return exitCode.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    return exitCode.terminated;
  } finally {
    world.imageService.close();
  }
}
