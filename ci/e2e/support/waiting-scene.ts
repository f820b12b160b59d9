import assert from "node:assert/strict";
import { keyOf } from "../../../agent/node-record.ts";
import { stopNode } from "../../cluster/cluster.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { runCommand } from "../../run-command.ts";
import { allDone } from "./all-done.ts";
import { type CommandEnd, endOf } from "./command-end.ts";
import { type NodeHistory, openNodeHistory } from "./node-history.ts";
import { preloadImage } from "./preload-image.ts";
import { openRegistryFront, type RegistryFront } from "./registry-front.ts";
import { pushSampleImage } from "./sample-image.ts";
import { openScene, type Scene, testCluster } from "./scene.ts";

/** Two nodes, one more that was killed when the scene was opened, and what waits for releases on them. */
export interface WaitingScene extends AsyncDisposable {
  readonly scene: Scene;
  readonly history: NodeHistory;
  readonly front: RegistryFront;
  /** The two that run; the images `held` and `there` can be pulled, and `absent` is on the first alone. */
  readonly nodes: readonly [string, string];
  /** The one that was killed. */
  readonly dead: string;
  /** Resolves once the cluster has noticed that it is not Ready. */
  readonly noticed: Promise<void>;
  /** The nodeSelectors of the two, of the first and the dead one, and of none. */
  readonly chosen: Readonly<Record<"both" | "withDead" | "none", Readonly<Record<string, string>>>>;
  imageOf(name: string): string;
  kubectl(...args: readonly string[]): Promise<CommandEnd>;
  /** `helm install --wait`, of Helm 3 or 4. */
  install(version: 3 | 4, release: string, values: object, timeout?: string): Promise<CommandEnd>;
  /** `kubectl rollout status` of the release's DaemonSet. */
  rollout(release: string, timeout?: string): Promise<CommandEnd>;
  /** `helm test`, of Helm 4 by default; asserts that nothing of its rights is left, however it ended. */
  test(release: string, version?: 3 | 4, ...flags: readonly string[]): Promise<CommandEnd>;
  /** What of the test's rights there is, each as `KIND/NAME`. */
  rightsOf(release: string): Promise<readonly string[]>;
  /** The release's label on each of the nodes. */
  labelsOf(release: string, nodes: readonly string[]): readonly (string | undefined)[];
}

/** Opens the scene `name`. */
export async function openWaitingScene(name: string): Promise<WaitingScene> {
  const scene = await openScene(name, 0);
  const opened: AsyncDisposable[] = [scene];
  const dispose = () => allDone(opened.toReversed().map((each) => async () => each[Symbol.asyncDispose]()));
  try {
    const first = await scene.addNode({ labels: { half: "one", part: "both" } });
    const [second, dead] = await Promise.all([
      scene.addNode({ labels: { part: "both" } }),
      scene.addNode({ labels: { half: "one" } }),
    ]);
    await stopNode(scene.cluster(), dead);
    const history = await openNodeHistory();
    opened.push({ [Symbol.asyncDispose]: async () => history[Symbol.dispose]() });
    const front = await openRegistryFront();
    opened.push(front);
    const imageOf = (image: string) => `${front.address}/${name}/${image}:1`;
    await Promise.all([
      pushSampleImage(`${name}/held`),
      pushSampleImage(`${name}/there`),
      preloadImage(first, imageOf("absent")),
    ]);
    const noticed = waitUntil(`${dead} is NotReady`, 100_000, async () => !(await isReady(scene, dead)), 500);
    // Whoever waits for it sees the failure; until then it is nobody's.
    noticed.catch(() => {});
    const chosen = chosenOf(name);
    return {
      ...{ scene, history, front, nodes: [first, second], dead, noticed, chosen, imageOf },
      ...commandsOn(scene),
      labelsOf: (release, nodes) => nodes.map((node) => history.now(node, keyOf(release)).label),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    // That something cannot be removed follows from the error that is to be seen.
    await dispose().catch(() => {});
    throw error;
  }
}

function chosenOf(name: string): WaitingScene["chosen"] {
  return {
    both: { story: name, part: "both" },
    withDead: { story: name, half: "one" },
    none: { story: name, part: "none" },
  };
}

function commandsOn(
  scene: Scene,
): Pick<WaitingScene, "kubectl" | "install" | "rollout" | "test" | "rightsOf"> {
  const helmOf = (version: 3 | 4) => (version === 3 ? scene.helm3 : scene);
  const kubectl = (...args: readonly string[]) => {
    const env = { ...process.env, ...testCluster().environment };
    return endOf(runCommand("kubectl", ["--namespace", scene.name, ...args], { env }));
  };
  const rightsOf = async (release: string) => {
    const kinds = "serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings";
    const selector = `app.kubernetes.io/component=test,app.kubernetes.io/instance=${release}`;
    return (await scene.kubectl("get", kinds, "-l", selector, "-o", "name")).split("\n").filter(Boolean);
  };
  return {
    kubectl,
    rightsOf,
    install: (version, release, values, timeout = "60s") => {
      // A test's pod on a node that died would never run.
      const placed = { hookPods: { nodeSelector: chosenOf(scene.name).both }, ...values };
      return endOf(helmOf(version).install(release, placed, "--wait", `--timeout=${timeout}`));
    },
    rollout: (release, timeout = "60s") =>
      kubectl("rollout", "status", `daemonset/${release}-prefetcher`, `--timeout=${timeout}`),
    test: async (release, version = 4, ...flags) => {
      const end = await endOf(helmOf(version).helm("test", release, "--timeout=60s", ...flags));
      assert.deepEqual(await rightsOf(release), [], end.text);
      return end;
    },
  };
}

async function isReady(scene: Scene, node: string): Promise<boolean> {
  const conditions: { type: string; status: string }[] = (await scene.get("node", node)).status.conditions;
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
