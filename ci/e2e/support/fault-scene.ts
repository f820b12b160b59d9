import { keyOf } from "../../../agent/node-record.ts";
import { agentPod } from "./agent-pod.ts";
import { type CriProxy, openCriProxy } from "./cri-proxy.ts";
import { type NodeHistory, type NodeRecordSeen, openNodeHistory } from "./node-history.ts";
import { openRegistryFront, type RegistryFront } from "./registry-front.ts";
import { pushSampleImage } from "./sample-image.ts";
import { openScene, type Scene } from "./scene.ts";

/** A scene of one node for faults: a registry that can fail, another one, and a socket that can fail. */
export interface FaultScene extends AsyncDisposable {
  readonly scene: Scene;
  readonly node: string;
  readonly history: NodeHistory;
  /** The registry that the faults are for. */
  readonly front: RegistryFront;
  /** Another registry, to see what a fault does to others. */
  readonly other: RegistryFront;
  /** Between the agents and containerd. */
  readonly proxy: CriProxy;
  /** Pushes an image of `bytes` random bytes and returns its reference at `front` and at `other`. */
  push(name: string, bytes?: number): Promise<{ readonly atFront: string; readonly atOther: string }>;
  /** Installs the list and waits until the round has ended: see `ListEnd`. */
  prefetch(release: string, images: readonly unknown[], values?: FaultValues): Promise<ListEnd>;
  /** Installs the list, or upgrades to it, and does not wait. */
  start(release: string, images: readonly unknown[], values?: FaultValues): Promise<void>;
  /** Waits until a verdict stands on the node (60 s by default) and the agent has ended. */
  untilEnded(release: string, timeoutMs?: number): Promise<ListEnd>;
}

export interface FaultValues {
  /** The chart's, beside those that a fault scene sets: one round only, and the proxy as the runtime. */
  readonly [value: string]: unknown;
  readonly pull?: object;
}

/** What a list came to. */
export interface ListEnd {
  readonly label: string | undefined;
  readonly record: NodeRecordSeen | undefined;
  /** `image reason` of each failure, sorted. */
  readonly failures: readonly string[];
  /** The agent's log, parsed. */
  readonly log: readonly AgentLogLine[];
  /** From the install to the verdict. */
  readonly seconds: number;
}

/** As much of a line of the agent's log as stories look at. */
export interface AgentLogLine {
  readonly msg: string;
  readonly image?: string;
  readonly outcome?: string;
  readonly credential?: string;
  readonly reason?: string;
  readonly attempts?: number;
  readonly durationMs?: number;
  readonly error?: string;
}

/** What `npm run soak` multiplies the stories' limits with: the agent's waits are the shipped ones then. */
export const patience = Number(process.env.PREFETCHER_STORY_PATIENCE ?? "1");

/** Opens a fault scene; `name` as for `openScene`. */
export async function openFaultScene(name: string): Promise<FaultScene> {
  await using opened = new AsyncDisposableStack();
  const scene = opened.use(await openScene(name, 1));
  const node = scene.nodes()[0] ?? "";
  const history = await openNodeHistory();
  opened.use(history);
  const front = opened.use(await openRegistryFront());
  const other = opened.use(await openRegistryFront());
  const proxy = opened.use(await openCriProxy(node, `prefetcher-${name}`));
  const stack = opened.move();

  const installed = new Map<string, number>();
  const start = async (release: string, images: readonly unknown[], values: FaultValues = {}) => {
    const verb = installed.has(release) ? scene.upgrade : scene.install;
    installed.set(release, performance.now());
    await verb(release, {
      images,
      criSocket: proxy.path,
      ...values,
      pull: { onFailure: "continue", ...values.pull },
    });
  };
  const untilEnded = async (release: string, timeoutMs = 60_000 * patience): Promise<ListEnd> => {
    const isVerdict = (verdict: string | undefined) => verdict !== undefined && verdict !== "none";
    const key = keyOf(release);
    await history.until(node, key, ({ record }) => isVerdict(record?.verdict), timeoutMs);
    const seconds = (performance.now() - (installed.get(release) ?? Number.NaN)) / 1000;
    await scene.kubectl(
      "rollout",
      "status",
      `daemonset/${release}-prefetcher`,
      `--timeout=${timeoutMs / 1000}s`,
    );
    const { label, record } = history.now(node, key);
    const failures = (record?.failed ?? []).map(({ image, reason }) => `${image} ${reason}`).sort();
    return { label, record, failures, log: await logOf(scene, release), seconds };
  };

  return {
    scene,
    node,
    history,
    front,
    other,
    proxy,
    start,
    untilEnded,
    prefetch: async (release, images, values) => {
      await start(release, images, values);
      return untilEnded(release);
    },
    push: async (image, bytes) => {
      const repository = `${name}/${image}`;
      await pushSampleImage(repository, "1", bytes);
      return { atFront: `${front.address}/${repository}:1`, atOther: `${other.address}/${repository}:1` };
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

/** The log of the release's one pod. */
export async function logOf(scene: Scene, release: string): Promise<readonly AgentLogLine[]> {
  const pod = await agentPod(scene, release);
  const text = await scene.kubectl("logs", pod.metadata.name, "--container", "prefetch");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as AgentLogLine);
}
