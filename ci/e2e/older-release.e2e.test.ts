import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { revisionOf } from "../../agent/revision.ts";
import { chart } from "../chart/helm.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { pushImage } from "../image/push-image.ts";
import { ensureOlderChart, ensureOlderImage, olderCommit } from "../older-release/older-release.ts";
import { agentPod } from "./support/agent-pod.ts";
import { askedRepositories } from "./support/asked-repositories.ts";
import { type NodeHistory, type NodeState, openNodeHistory } from "./support/node-history.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { type KubernetesObject, openScene, type Scene } from "./support/scene.ts";

const release = "older-release";
const key = keyOf(release);
const daemonSet = `${release}-prefetcher`;
const olderName = "stackrox/prefetcher-older";
const olderTag = olderCommit.slice(0, 12);
const olderImage = `ghcr.io/${olderName}:${olderTag}`;
const withOlderImage = `--set-string=image.repository=ghcr.io/${olderName},image.tag=${olderTag}`;

const revisionFor = (images: readonly string[]) => revisionOf("IfNotPresent", images);
const summaryOf = ({ label, record }: NodeState) => [label, record?.verdict, record?.revision];
const succeeded = (images: readonly string[]) => ["succeeded", "succeeded", revisionFor(images)];

describe("a release that an older version of this project installed", () => {
  let olderChart: string;
  let scene: Scene;
  let node: string;
  let history: NodeHistory;
  let front: RegistryFront;
  let images: readonly string[];
  let longer: readonly string[];

  before(async () => {
    olderChart = await ensureOlderChart();
    const image = await ensureOlderImage();
    scene = await openScene("older", 1);
    [node = ""] = scene.nodes();
    await pushImage(image, `${scene.cluster().registry}/${olderName}:${olderTag}`, { plainHttp: true });
    front = await openRegistryFront();
    const names = ["first", "second", "third"];
    for (const name of names) await pushSampleImage(`older/${name}`);
    longer = names.map((name) => `${front.address}/older/${name}:1`);
    images = longer.slice(0, 2);
    history = await openNodeHistory();
  });
  after(async () => {
    history?.[Symbol.dispose]();
    // The older chart takes none of the values with which a scene installs, so the scene does not know the release.
    await scene?.helm("uninstall", release, "--ignore-not-found", "--wait=false", "--no-hooks");
    await scene?.[Symbol.asyncDispose]();
    await front?.[Symbol.asyncDispose]();
  });

  /** Values as the older chart knows them, with its default socket written out. */
  const valuesFor = (list: readonly string[]) => [
    `--set-json=images=${JSON.stringify(list)}`,
    `--set=nodeSelector.story=${scene.name},criSocket=/run/containerd/containerd.sock`,
  ];
  /** What the release's pod runs once the DaemonSet's change has come to its end. */
  const imagesOfPod = async () => {
    await scene.kubectl("rollout", "status", `daemonset/${daemonSet}`, "--timeout=60s");
    const { spec } = await agentPod(scene, release);
    return [spec.initContainers[0].image, spec.containers[0].image];
  };

  /** Waits until the history has all that happened before: a mark of ours on the Node comes last. */
  const catchUp = async () => {
    const mark = "older-release/mark";
    const value = String(history.metadataOf(node).length);
    await scene.kubectl("annotate", "node", node, `${mark}=${value}`, "--overwrite");
    const isThere = () => history.metadataOf(node).at(-1)?.annotations[mark] === value;
    await waitUntil("the history has the mark", 10_000, isThere, 50);
  };
  /** Whether, while `action` ran, the label stood and its list was the same, and nobody asked for an image. */
  const assertKept = async (action: () => Promise<void>) => {
    const from = history.of(node, key).length - 1;
    front.clear();
    await action();
    await catchUp();
    for (const state of history.of(node, key).slice(from)) {
      assert.deepEqual(summaryOf(state), succeeded(images));
    }
    assert.deepEqual(front.requests, []);
  };

  /** The uid of each of the release's objects, by `Kind/name`. */
  const objects = async () => {
    const kinds = [
      "daemonsets,controllerrevisions,pods,jobs,serviceaccounts,roles,rolebindings",
      "clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings",
    ].join();
    type Item = KubernetesObject & { readonly kind: string };
    const selector = `app.kubernetes.io/instance=${release}`;
    const { items } = await scene.get<{ items: readonly Item[] }>(kinds, "--selector", selector);
    return Object.fromEntries(items.map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.uid]));
  };
  /** Those that Helm made: a changed template has pods and revisions of its own. */
  const objectsOfChart = async () => {
    const all = Object.entries(await objects());
    return Object.fromEntries(all.filter(([name]) => !/^(Pod|ControllerRevision)\//.test(name)));
  };

  it("keeps its label and asks no registry with this version and an equal list, and on the way back", async () => {
    await scene.helm("install", release, olderChart, ...valuesFor(images), withOlderImage);
    await history.until(node, key, ({ label }) => label === "succeeded");
    assert.deepEqual(await imagesOfPod(), [olderImage, olderImage]);
    assert.deepEqual(askedRepositories(front.requests).toSorted(), ["older/first", "older/second"]);
    const before = await objectsOfChart();
    assert.deepEqual(Object.keys(before).sort(), [
      `ClusterRole/image-prefetcher:${release}`,
      `ClusterRoleBinding/image-prefetcher:${release}`,
      `DaemonSet/${daemonSet}`,
      `ServiceAccount/${daemonSet}`,
    ]);

    await assertKept(async () => {
      await scene.helm("upgrade", release, chart, ...valuesFor(images));
      const [agent, pause] = await imagesOfPod();
      assert.equal(agent, pause);
      assert.notEqual(agent, olderImage);
    });
    const upgraded = await objectsOfChart();
    assert.deepEqual({ ...upgraded, ...before }, upgraded, "the older objects are the same ones");

    await assertKept(async () => {
      await scene.helm("rollback", release, "1");
      assert.deepEqual(await imagesOfPod(), [olderImage, olderImage]);
    });
    assert.deepEqual(await objectsOfChart(), before, "nothing of this version stays");
  });

  it("keeps its label, and says why no pod gets Ready, where this chart is to run the older image", async () => {
    await assertKept(async () => {
      await scene.helm("upgrade", release, chart, ...valuesFor(images), withOlderImage);
      await waitUntil("the pod says what is wrong", 60_000, async () => {
        const { status } = await agentPod(scene, release).catch(() => ({ status: {} }));
        const { state, lastState } = status.initContainerStatuses?.[0] ?? {};
        const { message = "" } = state?.terminated ?? lastState?.terminated ?? {};
        return /Unknown argument.*disk-min-free-percent/.test(message);
      });
    });
  });

  it("loses the label before the first pull where this version comes with a longer list", async () => {
    const from = history.of(node, key).length;
    front.clear();
    // For the full disk of a developer, and for hooks on nodes that no other story breaks.
    const newerValues = `--set=disk.minFreePercent=1,hookPods.nodeSelector.story=${scene.name}`;
    await scene.helm("upgrade", release, chart, ...valuesFor(longer), newerValues);
    await imagesOfPod();
    await catchUp();
    const states = history.of(node, key).slice(from).map(summaryOf);
    assert.deepEqual(states, [[undefined, "none", revisionFor(longer)], succeeded(longer)]);
    assert.deepEqual(askedRepositories(front.requests), ["older/third"]);
  });

  it("leaves nothing of either version when it is uninstalled", async () => {
    assert.notDeepEqual(await objects(), {});
    await scene.helm("uninstall", release);
    await waitUntil("all of its objects are gone", 30_000, async () => {
      return Object.keys(await objects()).length === 0;
    });
    await history.until(node, key, ({ label, record }) => label === undefined && record === undefined);
  });
});
