import { keyOf } from "../../../../agent/node-record.ts";
import { openFleetObjects } from "../../../e2e/support/fleet-objects.ts";
import type { ImageCommand } from "../../footprint/image-command.ts";
import type { Contender } from "../transfer-types.ts";
import { runProgram } from "./contender-process.ts";
import type { ContenderWorld } from "./contender-world.ts";
import { inStartOrder, type StartOrder } from "./start-order.ts";

/** How one agent differs from another. */
export interface AgentPlan {
  readonly name: string;
  readonly about: string;
  /** The flag's text; the flag's own default, which is the chart's too, where it is left out. */
  readonly concurrency?: string;
  /** The order of the list; as the user has it where it is left out. The agent begins images in the list's order. */
  readonly order?: StartOrder;
}

const instance = "bench";

/**
 * The agent as a process of this machine, started as its image starts it, with the node's runtime and the label of the real Node. It ends
 * with the label written.
 */
export function agentContender(world: ContenderWorld, start: ImageCommand, plan: AgentPlan): Contender {
  const { cluster, node, socketPath } = world;
  const { name, about, concurrency, order } = plan;
  return {
    name,
    about,
    run: async ({ images, signal }) => {
      await forgetVerdict(world);
      const ordered = order === undefined ? images : inStartOrder(images, order);
      const args = [
        ...start.args,
        "prefetch",
        `--instance=${instance}`,
        "--owner=bench/bench",
        `--node-name=${node.name}`,
        `--cri-socket=${socketPath}`,
        ...(concurrency === undefined ? [] : [`--concurrency=${concurrency}`]),
        // A developer's full disk is no business of the bench.
        "--disk-min-free-percent=1",
        // A round that failed is a failed run: nobody waits for the next one.
        "--on-failure=exit",
        "--termination-message-path=",
        ...ordered.map(({ reference }) => `--image=${reference}`),
      ];
      const env = { ...start.env, KUBECONFIG: cluster.kubeconfig };
      const { startedAtMs, cpuSeconds, peakRssMiB } = await runProgram(cluster, { name, args, env }, signal);
      return { startedAtMs, peakRssMiB, ...(cpuSeconds === undefined ? {} : { cpuSeconds }) };
    },
  };
}

/** Takes label and annotation off the Node, so that each run begins as on a node that is new. */
async function forgetVerdict({ cluster, node }: ContenderWorld): Promise<void> {
  using objects = openFleetObjects(cluster);
  const none = { [keyOf(instance)]: null };
  await objects.tell("PATCH", `/api/v1/nodes/${node.name}`, {
    metadata: { labels: none, annotations: none },
  });
}
