import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleAgent } from "../../../image/bundle.ts";
import { root } from "../../../root.ts";
import { imageCommand } from "../../footprint/image-command.ts";
import type { Contender } from "../transfer-types.ts";
import { type AgentPlan, agentContender } from "./agent-contender.ts";
import type { ContenderWorld } from "./contender-world.ts";
import { kubeletContender } from "./kubelet-contender.ts";
import { referenceContender } from "./reference-contender.ts";

const agents = [
  { name: "agent", about: "the agent as shipped: a pool of the chart's size, images in the list's order" },
  { name: "pool 1", about: "the agent with a pool of 1, which is one by one", concurrency: "1" },
  { name: "pool 2", about: "the agent with a pool of 2", concurrency: "2" },
  { name: "pool 8", about: "the agent with a pool of 8", concurrency: "8" },
  { name: "unbounded", about: "the agent with a pool as large as its flag takes", concurrency: "64" },
  { name: "interleaved", about: "the agent, images of one base spread over the list", order: "interleaved" },
  { name: "large first", about: "the agent, the largest images first", order: "large first" },
] as const satisfies readonly AgentPlan[];

/** The contenders' names, as scenarios have them. */
export type ContenderName = (typeof agents)[number]["name"] | "kubelet" | "reference-like";

/** Everybody who pulls. Disposed of, the folder with the agent's bundle is gone; no run may be under way then. */
export interface Contenders extends AsyncDisposable {
  readonly byName: ReadonlyMap<ContenderName, Contender>;
}

/** Bundles the agent once, for all who are made of it. */
export async function openContenders(world: ContenderWorld): Promise<Contenders> {
  const folder = await mkdtemp(join(tmpdir(), "bench-agent-"));
  const dispose = () => rm(folder, { recursive: true });
  try {
    await bundleAgent(folder);
  } catch (error) {
    await dispose();
    throw error;
  }
  const start = imageCommand(await readFile(join(root, "agent/Dockerfile"), "utf8"), folder);
  const byName = new Map<ContenderName, Contender>([
    ...agents.map((plan) => [plan.name, agentContender(world, start, plan)] as const),
    ["kubelet", kubeletContender("kubelet", world)],
    ["reference-like", referenceContender("reference-like", world)],
  ]);
  return { byName, [Symbol.asyncDispose]: dispose };
}
