import { systemClock } from "../clock.ts";
import type { AgentDependencies } from "../commands/agent-work.ts";
import { createKeyring } from "../credentials/create-keyring.ts";
import { createImageService } from "../cri/create-image-service.ts";
import { diskSpaceAt } from "../disk-space.ts";
import { createNodeApi } from "../kube/create-node-api.ts";
import type { Log } from "../log.ts";
import { keyOf } from "../node-record.ts";
import { platformFrom } from "../platform.ts";
import type { PrefetchSettings } from "../settings.ts";
import { socketsIn } from "../sockets-in.ts";
import { inKubeConfig } from "./in-kube-config.ts";
import type { Machine } from "./machine.ts";

/** The real runtime, API server and machine of the node that a command works on. */
export type NodeWorld = Pick<
  AgentDependencies,
  "imageService" | "keyring" | "nodeApi" | "clock" | "platform" | "diskSpace" | "socketsIn"
>;

/**
 * What a command of the node works with, its image service to be closed by whoever asked; or a sentence that says why the kubeconfig cannot be
 * used. With `isDryRun` nothing is written to the Node.
 */
export function nodeWorld(
  settings: PrefetchSettings,
  machine: Machine,
  { log, isDryRun }: { readonly log: Log; readonly isDryRun: boolean },
): NodeWorld | string {
  const { instance, nodeName } = settings;
  const nodeApi = inKubeConfig(() =>
    createNodeApi({ nodeName, key: keyOf(instance), clock: systemClock, isDryRun }),
  );
  if (typeof nodeApi === "string") return nodeApi;
  return {
    imageService: createImageService(settings.criSocket),
    keyring: createKeyring({ ...settings, clock: systemClock, log }),
    nodeApi,
    clock: systemClock,
    platform: platformFrom(machine.platform, machine.arch),
    diskSpace: () => diskSpaceAt("/"),
    socketsIn,
  };
}
