import { keyOf } from "../../../agent/node-record.ts";
import type { NodeOptions } from "../../cluster/cluster.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { argumentsOf } from "./agent-process.ts";
import { containerProcesses, type ProcessSeen } from "./container-processes.ts";
import type { NodeHistory } from "./node-history.ts";
import { openNodeHistory } from "./node-history.ts";
import { type PodOnNode, untilPodOnNode } from "./pod-on-node.ts";
import { openRegistryFront, type RegistryFront } from "./registry-front.ts";
import { pushSampleImage } from "./sample-image.ts";
import { openScene, type Scene } from "./scene.ts";

/** How the node, the images and the release of a keep scene are, where they are not like any other's. */
export interface KeepSceneOptions {
  readonly node?: NodeOptions;
  /** Further values of the release. */
  readonly values?: object;
  /** Size of each image, 1000 by default. */
  readonly imageBytes?: number;
}

/** A node whose label a release in keep mode keeps true; its looks are 10 s apart. */
export interface KeepScene extends AsyncDisposable {
  readonly scene: Scene;
  readonly node: string;
  readonly release: string;
  /** The key of the release's label. */
  readonly key: string;
  readonly history: NodeHistory;
  readonly front: RegistryFront;
  /** The release's list. */
  readonly images: readonly string[];
  /** The repository of the image with that number, as the front sees it. */
  repositoryOf(index: number): string;
  /** The release's pod, once its main container runs. */
  currentPod(): Promise<PodOnNode>;
  /** The processes of its main container. */
  processesOf(pod: PodOnNode): readonly ProcessSeen[];
  /** Their programs, as each of them was called, in alphabetical order: process ids start again at some point. */
  programsOf(pod: PodOnNode): readonly string[];
  /** Waits until the agent sleeps between two looks, and returns its pod. */
  untilAsleep(): Promise<PodOnNode>;
  /** The looks that the pod's log tells of. */
  looks(): Promise<readonly LookLine[]>;
  /** Waits until there is a further one. */
  untilLookedAgain(): Promise<void>;
  /** How many states the Node went through; `labelsSince` says what the label was after that many. */
  stateCount(): number;
  labelsSince(count: number): readonly (string | undefined)[];
}

/** A look as the log has it. */
export interface LookLine {
  readonly msg: string;
  readonly verdict?: string;
  readonly present?: number;
  readonly error?: string;
  readonly pulled?: number;
}

/** How far the looks are apart. */
export const keepIntervalMs = 10_000;

/** The values that make a release keep its label true, with looks and rounds so far apart. */
export const keepValues = {
  mode: "keep",
  keep: { interval: `${keepIntervalMs / 1000}s` },
  pull: { retry: { initialDelay: "10s", maxDelay: "20s" } },
  label: { timeout: "15s" },
} as const;

/** One interval, and what a busy machine may take to start a process, pull a thousand bytes and tell the API server. */
export const withinOneIntervalMs = keepIntervalMs + 10_000;

/** Opens a scene with one node and a list of so many small images, and waits until the first look is near. `name` is also the release's. */
export async function openKeepScene(
  name: string,
  imageCount: number,
  options: KeepSceneOptions = {},
): Promise<KeepScene> {
  const release = name;
  const key = keyOf(release);
  const repositoryOf = (index: number) => `${name}/image-${index}`;
  const scene = await openScene(name, 1, options.node);
  const node = scene.nodes()[0] ?? "";
  const history = await openNodeHistory();
  const front = await openRegistryFront();
  const dispose = async () => {
    history[Symbol.dispose]();
    await front[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  };
  const indices = Array.from({ length: imageCount }, (_, index) => index);
  const images = indices.map((index) => `${front.address}/${repositoryOf(index)}:1`);

  const currentPod = () => untilPodOnNode(scene, release, node, ({ main }) => main.isRunning);
  const processesOf = (pod: PodOnNode) => containerProcesses(node, pod.uid, pod.main.id ?? "");
  const programsOf = (pod: PodOnNode) =>
    processesOf(pod)
      .map(({ pid }) => argumentsOf(pid)[0] ?? "")
      .sort();
  const looks = async () => {
    const { name: pod } = await currentPod();
    const log = (await scene.kubectl("logs", pod, "--container", "keep")).split("\n").filter(Boolean);
    return log.map((line) => JSON.parse(line) as LookLine).filter(({ msg }) => msg.startsWith("looked"));
  };
  try {
    for (const index of indices) await pushSampleImage(repositoryOf(index), "1", options.imageBytes);
    await scene.install(release, { ...keepValues, images, ...options.values });
    await history.untilLabelled([node], key, "succeeded");
    await currentPod();
  } catch (error) {
    await dispose().catch(() => {});
    throw error;
  }
  return {
    scene,
    node,
    release,
    key,
    history,
    front,
    images,
    repositoryOf,
    currentPod,
    processesOf,
    programsOf,
    untilAsleep: async () => {
      const pod = await currentPod();
      await waitUntil("the agent sleeps", 30_000, () => programsOf(pod).includes("snooze"), 50);
      return pod;
    },
    looks,
    untilLookedAgain: async () => {
      const before = (await looks()).length;
      await waitUntil("the next look", 60_000, async () => (await looks()).length > before, 500);
    },
    stateCount: () => history.of(node, key).length,
    labelsSince: (count) =>
      history
        .of(node, key)
        .slice(count)
        .map(({ label }) => label),
    [Symbol.asyncDispose]: dispose,
  };
}
