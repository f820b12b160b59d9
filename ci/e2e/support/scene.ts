import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addNode, type Cluster, describe, type NodeOptions, removeNode } from "../../cluster/cluster.ts";
import { type CommandOutput, runCommand } from "../../run-command.ts";
import { allDone } from "./all-done.ts";

/** What a story asks of Helm in its namespace. */
export interface SceneHelm {
  /**
   * `helm install RELEASE` of this project's chart with the scene's nodeSelector, short waits between attempts
   * (`--backoff-scale`), a disk guard that a developer's full disk does not trip, and these values.
   */
  install(release: string, values: object, ...flags: readonly string[]): Promise<CommandOutput>;
  /** `helm upgrade RELEASE`, all values given anew. */
  upgrade(release: string, values: object, ...flags: readonly string[]): Promise<CommandOutput>;
  helm(...args: readonly string[]): Promise<CommandOutput>;
}

/** A story's own corner of the test cluster: nodes that nobody else uses, and a namespace. Its Helm is Helm 4. */
export interface Scene extends SceneHelm, AsyncDisposable {
  /** The name of the namespace, and the prefix of the nodes' names. */
  readonly name: string;
  /** As it was when the scene was opened or a node was last added. */
  cluster(): Cluster;
  /** The scene's nodes, in the order they were added. */
  nodes(): readonly string[];
  /** Adds a node to the scene and returns its name once it is Ready. */
  addNode(options?: NodeOptions): Promise<string>;
  kubectl(...args: readonly string[]): Promise<string>;
  /** What `kubectl get ... -o json` says, parsed. */
  get<T = KubernetesObject>(...args: readonly string[]): Promise<T>;
  /** Applies objects in the scene's namespace. */
  apply(...objects: readonly object[]): Promise<void>;
  /** Helm 3, which knows the same releases. */
  readonly helm3: SceneHelm;
}

/** What stories multiply the agent's waits with: 20 s become one. `npm run soak` runs with the shipped ones. */
export const storyBackoffScale = process.env.PREFETCHER_BACKOFF_SCALE ?? "0.05";

/** As much of any Kubernetes object as stories look at. */
export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: a story reads what its object has, and fails where it has not.
  readonly spec: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly status: any;
}

/** The test cluster that `npm test` has up; by hand: `npm run cluster -- up --name test`. */
export function testCluster(): Cluster {
  return describe(process.env.PREFETCHER_TEST_CLUSTER ?? "test");
}

/**
 * Opens a scene with `nodes` Ready nodes, labelled `story=<name>`. Dispose of it at the story's end: nodes, namespace
 * and cluster-scoped objects of its releases go then. `name` is unique among the stories, lower case, 20 characters at most.
 */
export async function openScene(name: string, nodes: number, options: NodeOptions = {}): Promise<Scene> {
  const cluster = testCluster();
  const environment = { ...process.env, ...cluster.environment };
  const folder = await mkdtemp(join(tmpdir(), `story-${name}-`));
  const names: string[] = [];
  const releases = new Set<string>();

  const kubectl = async (...args: readonly string[]) =>
    (await runCommand("kubectl", ["--namespace", name, ...args], { env: environment })).stdout;
  const helmOf = (program: string): SceneHelm => {
    const helm = (...args: readonly string[]) =>
      runCommand(program, ["--namespace", name, ...args], { env: environment });
    const release = async (verb: string, releaseName: string, values: object, flags: readonly string[]) => {
      releases.add(releaseName);
      const file = join(folder, `values-${randomBytes(4).toString("hex")}.yaml`);
      await writeFile(file, JSON.stringify(withStoryDefaults(name, values)));
      return helm(verb, releaseName, chartFolder, "--values", file, ...flags);
    };
    return {
      install: (releaseName, values, ...flags) => release("install", releaseName, values, flags),
      upgrade: (releaseName, values, ...flags) => release("upgrade", releaseName, values, flags),
      helm,
    };
  };
  const helm4 = helmOf("helm");

  const dispose = () =>
    allDone([
      ...[...releases].map(
        (releaseName) => () =>
          // The nodes go as well, so there is nothing to clean up.
          helm4.helm("uninstall", releaseName, "--ignore-not-found", "--wait=false", "--no-hooks"),
      ),
      ...names.map((node) => async () => {
        // One that could not even be recorded is none.
        if (describe(cluster.name).nodes.some((known) => known.name === node))
          await removeNode(cluster, node);
      }),
      () => kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found"),
      () => rm(folder, { recursive: true }),
    ]);

  const scene: Scene = {
    name,
    cluster: () => describe(cluster.name),
    nodes: () => names,
    addNode: async (nodeOptions = options) => {
      const node = `${name}-${names.length + 1}`;
      names.push(node);
      await addNode(cluster, node, { ...nodeOptions, labels: { story: name, ...nodeOptions.labels } });
      return node;
    },
    kubectl,
    get: async (...args) => JSON.parse(await kubectl("get", ...args, "-o", "json")),
    apply: async (...objects) => {
      const items = { apiVersion: "v1", kind: "List", items: objects };
      const args = ["--namespace", name, "apply", "-f", "-"];
      await runCommand("kubectl", args, { env: environment, input: JSON.stringify(items) });
    },
    ...helm4,
    helm3: helmOf("helm3"),
    [Symbol.asyncDispose]: dispose,
  };
  try {
    // A run of a moment ago may still be going.
    await kubectl("wait", "--for=delete", `namespace/${name}`, "--timeout=60s");
    await kubectl("create", "namespace", name);
    // All of them: one that is still being added could not be removed.
    const added = await Promise.allSettled(Array.from({ length: nodes }, () => scene.addNode()));
    const failed = added.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } catch (error) {
    // That something cannot be removed follows from the error that is to be seen.
    await dispose().catch(() => {});
    throw error;
  }
  return scene;
}

function withStoryDefaults(name: string, values: { readonly extraArgs?: readonly string[] }): object {
  const extraArgs = [`--backoff-scale=${storyBackoffScale}`, ...(values.extraArgs ?? [])];
  // The hooks' pods too: other stories break their nodes.
  const places = { nodeSelector: { story: name }, hookPods: { nodeSelector: { story: name } } };
  return { ...places, disk: { minFreePercent: 1 }, ...values, extraArgs };
}

const chartFolder = join(import.meta.dirname, "../../../charts/prefetcher");
