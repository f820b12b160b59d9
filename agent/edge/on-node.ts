import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { AgentDependencies } from "../commands/agent-work.ts";
import type { CommandResult } from "../commands/command-result.ts";
import { exitCode } from "../exit-code.ts";
import { createLog } from "../log.ts";
import type { Nap } from "../nap.ts";
import type { PrefetchSettings } from "../settings.ts";
import { terminationMessageFrom } from "../termination-message.ts";
import { withNaps } from "./hand-over.ts";
import { withLines } from "./list-lines.ts";
import type { Machine } from "./machine.ts";
import { nodeWorld } from "./node-world.ts";
import { endWithError, type Streams } from "./streams.ts";

/** A command that works on the node that it runs on, over the list in `lines`. */
export type NodeCommand = (
  lines: readonly string[],
  dependencies: AgentDependencies,
) => Promise<CommandResult | Nap>;

/** Runs `command` with this machine's runtime and API server, through its naps, and says how it ended; resolves to the exit code. */
export async function runOnNode(
  settings: PrefetchSettings,
  { streams, machine, signal }: { streams: Streams; machine: Machine; signal: AbortSignal },
  command: NodeCommand,
): Promise<number> {
  const { instance, nodeName, sleeper } = settings;
  const log = createLog({ instance, node: nodeName }, streams.stdout);
  const world = nodeWorld(settings, machine, { log, isDryRun: false });
  if (typeof world === "string") return endWithError(streams, exitCode.usage, world);
  const dependencies = { ...world, log, random: Math.random };
  try {
    const run = (carried: string | undefined) =>
      withLines(settings.list, (lines) => command(lines, { ...dependencies, carried }));
    const handOver = { sleeper, machine, streams, clock: world.clock, log };
    const result = await withNaps(handOver, run, signal);
    if (result.exitCode === exitCode.done) log.info({ exitCode: result.exitCode }, result.message);
    else log.error({ exitCode: result.exitCode }, result.message);
    await writeTerminationMessage(settings.terminationMessagePath, result.message);
    return result.exitCode;
  } catch (error) {
    if (!signal.aborted) throw error;
    log.info({ exitCode: exitCode.terminated }, "terminated; no verdict was written");
    return exitCode.terminated;
  } finally {
    world.imageService.close();
  }
}

/** The summary for `kubectl describe pod`; by hand there is no such file, and nothing is lost. */
async function writeTerminationMessage(path: string, message: string): Promise<void> {
  if (path === "") return;
  const flag = constants.O_WRONLY | constants.O_TRUNC;
  await writeFile(path, terminationMessageFrom(message), { flag }).catch(() => {});
}
