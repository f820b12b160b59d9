import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { systemClock } from "../clock.ts";
import type { AgentDependencies } from "../commands/agent-work.ts";
import type { CommandResult } from "../commands/command-result.ts";
import { createKeyring } from "../credentials/create-keyring.ts";
import { createImageService } from "../cri/create-image-service.ts";
import { diskSpaceAt } from "../disk-space.ts";
import { exitCode } from "../exit-code.ts";
import { createNodeApi } from "../kube/create-node-api.ts";
import { createLog } from "../log.ts";
import type { Nap } from "../nap.ts";
import { keyOf } from "../node-record.ts";
import { platformFrom } from "../platform.ts";
import type { PrefetchSettings } from "../settings.ts";
import { socketsIn } from "../sockets-in.ts";
import { terminationMessageFrom } from "../termination-message.ts";
import { withNaps } from "./hand-over.ts";
import { inKubeConfig } from "./in-kube-config.ts";
import { withLines } from "./list-lines.ts";
import type { Machine } from "./machine.ts";
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
  const nodeApi = inKubeConfig(() => createNodeApi({ nodeName, key: keyOf(instance), clock: systemClock }));
  if (typeof nodeApi === "string") return endWithError(streams, exitCode.usage, nodeApi);
  const imageService = createImageService(settings.criSocket);
  const dependencies = {
    imageService,
    keyring: createKeyring({ ...settings, clock: systemClock, log }),
    nodeApi,
    clock: systemClock,
    log,
    random: Math.random,
    platform: platformFrom(machine.platform, machine.arch),
    diskSpace: () => diskSpaceAt("/"),
    socketsIn,
  };
  try {
    const run = (carried: string | undefined) =>
      withLines(settings.list, (lines) => command(lines, { ...dependencies, carried }));
    const handOver = { sleeper, machine, streams, clock: systemClock, log };
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
    imageService.close();
  }
}

/** The summary for `kubectl describe pod`; by hand there is no such file, and nothing is lost. */
async function writeTerminationMessage(path: string, message: string): Promise<void> {
  if (path === "") return;
  const flag = constants.O_WRONLY | constants.O_TRUNC;
  await writeFile(path, terminationMessageFrom(message), { flag }).catch(() => {});
}
