import type { FleetDaemonSet } from "../fleet/fleet-api.ts";
import type { JudgedNode } from "../fleet/fleet-judgement.ts";
import type { FleetLook } from "../fleet/fleet-look.ts";
import { fleetDaemonSetOf } from "./fake-fleet-api.ts";

/** A look that found these nodes, and a DaemonSet that has nothing against it, but for what is given. */
export function fleetLook(
  nodes: readonly JudgedNode[],
  found: Partial<FleetLook> = {},
  daemonSet: Partial<FleetDaemonSet> = {},
): FleetLook {
  const revision = "1-0123456789ab";
  return {
    daemonSet: fleetDaemonSetOf("a", { desired: nodes.length, ...daemonSet }),
    list: {
      instance: "a",
      key: "image-prefetcher.stackrox.io/a",
      owner: "default/a",
      revision,
      isSample: false,
    },
    expectedRevision: revision,
    caller: { program: "prefetcher", context: undefined, kubeconfig: undefined },
    nodes,
    unscheduled: { count: 0, why: undefined },
    failedCreate: undefined,
    ...found,
  };
}

/** A node that is Ready, and has succeeded unless told otherwise. */
export function judgedNode(name: string, fields: Partial<JudgedNode> = {}): JudgedNode {
  return { name, state: "succeeded", isReady: true, ...fields };
}
