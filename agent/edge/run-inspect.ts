import { systemClock } from "../clock.ts";
import { inspect } from "../commands/inspect.ts";
import { createKeyring } from "../credentials/create-keyring.ts";
import { createImageService } from "../cri/create-image-service.ts";
import { diskSpaceAt } from "../disk-space.ts";
import { exitCode } from "../exit-code.ts";
import { createNodeApi } from "../kube/create-node-api.ts";
import { keyOf } from "../node-record.ts";
import { platformFrom } from "../platform.ts";
import type { PrefetchSettings } from "../settings.ts";
import { socketsIn } from "../sockets-in.ts";
import { version } from "../version.ts";
import { inKubeConfig } from "./in-kube-config.ts";
import { linesOf } from "./list-lines.ts";
import type { Machine } from "./machine.ts";
import { endWithError, type Streams } from "./streams.ts";

/** `prefetcher inspect` on this machine; resolves to the exit code. */
export async function runInspect(
  settings: PrefetchSettings,
  streams: Streams,
  machine: Machine,
  signal: AbortSignal,
): Promise<number> {
  const { instance, nodeName } = settings;
  const nodeApi = inKubeConfig(() =>
    createNodeApi({ nodeName, key: keyOf(instance), clock: systemClock, isDryRun: true }),
  );
  if (typeof nodeApi === "string") return endWithError(streams, exitCode.usage, nodeApi);
  const imageService = createImageService(settings.criSocket);
  // What a log would say is among the findings.
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const dependencies = {
    imageService,
    keyring: createKeyring({ ...settings, log, clock: systemClock }),
    nodeApi,
    clock: systemClock,
    platform: platformFrom(machine.platform, machine.arch),
    diskSpace: () => diskSpaceAt("/"),
    socketsIn,
    readLines: () => linesOf(settings.list),
    version,
  };
  try {
    streams.stdout.write(`${JSON.stringify(await inspect(settings, dependencies, signal))}\n`);
    return exitCode.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    return exitCode.terminated;
  } finally {
    imageService.close();
  }
}
