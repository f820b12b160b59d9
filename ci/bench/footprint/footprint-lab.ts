import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyOf } from "../../../agent/node-record.ts";
import { type Cluster, type ClusterNode, down, up } from "../../cluster/cluster.ts";
import { type FleetObjects, openFleetObjects } from "../../e2e/support/fleet-objects.ts";
import { openRegistryFront, type RegistryFront } from "../../e2e/support/registry-front.ts";
import { pushSampleImage } from "../../e2e/support/sample-image.ts";
import { openScene, type Scene } from "../../e2e/support/scene.ts";
import { openSceneAccount } from "../../e2e/support/scene-account.ts";
import { type Job, layOutPrograms, type Programs } from "./programs.ts";
import { timeProgram } from "./run-program.ts";

/** One real node with 20 small images, a registry front that counts, and the programs. */
export interface FootprintLab extends AsyncDisposable {
  readonly scene: Scene;
  readonly cluster: Cluster;
  readonly node: ClusterNode;
  readonly front: RegistryFront;
  readonly programs: Programs;
  /** All images are there. The account of its kubeconfig may patch Nodes, as the chart's may, and is in the audit log. */
  readonly job: Job;
  /** For files of the bench; removed with the lab. */
  readonly folder: string;
  /** Takes the job's label and annotation off the Node. */
  clearMarks(): Promise<void>;
}

/** Which lab is opened. */
export interface FootprintLabOptions {
  /** The cluster's name. What an earlier run has left of it goes first. */
  readonly name: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

const imageCount = 20;
const instance = "footprint";

/** Opens the lab, in about half a minute; disposing of it takes its cluster down. Where that fails, nothing is left. */
export async function openFootprintLab({ name, log, signal }: FootprintLabOptions): Promise<FootprintLab> {
  await down({ name });
  await using opening = new AsyncDisposableStack();
  opening.defer(() => down({ name, log }));
  await up({ name, nodes: 0, log });
  opening.defer(useTestCluster(name));
  const folder = await mkdtemp(join(tmpdir(), "bench-footprint-"));
  opening.defer(() => rm(folder, { recursive: true }));
  const programs = await layOutPrograms(folder);
  signal.throwIfAborted();
  const scene = opening.use(await openScene("footprint", 1));
  const [nodeName = ""] = scene.nodes();
  const node = scene.cluster().nodes.find((each) => each.name === nodeName);
  if (node === undefined) throw new Error(`cluster ${name} has no node ${nodeName}`);
  const front = opening.use(await openRegistryFront());
  const rights = { nodes: ["patch"], inNamespace: [] };
  const { kubeconfig } = opening.use(await openSceneAccount(scene, "footprint", rights, folder));
  const objects = opening.use(openFleetObjects(scene.cluster()));
  const repositories = Array.from({ length: imageCount }, (_, index) => `footprint/image-${index}`);
  for (const repository of repositories) await pushSampleImage(repository);
  const images = repositories.map((repository) => `${front.address}/${repository}:1`);
  const socket = node.containerdSocket;
  const key = keyOf(instance);
  const job = { socket, node: nodeName, kubeconfig, instance, key, images };
  log("pulling the images that are to be there");
  await timeProgram(programs.command("agent", job), signal);
  const ends = opening.move();
  return {
    scene,
    cluster: scene.cluster(),
    node,
    front,
    programs,
    job,
    folder,
    clearMarks: () => clearMarks(objects, job),
    [Symbol.asyncDispose]: () => ends.disposeAsync(),
  };
}

function clearMarks(objects: FleetObjects, { node, key }: Job): Promise<void> {
  const marks = { [key]: null };
  return objects.tell("PATCH", `/api/v1/nodes/${node}`, { metadata: { labels: marks, annotations: marks } });
}

/** Has what the stories share use this cluster; returns what undoes it. */
function useTestCluster(name: string): () => void {
  const variable = "PREFETCHER_TEST_CLUSTER";
  const before = process.env[variable];
  process.env[variable] = name;
  return () => {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  };
}
