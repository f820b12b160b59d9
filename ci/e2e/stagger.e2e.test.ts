import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { staggerDelayMs } from "../../agent/stagger.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { agentPods } from "./support/agent-pod.ts";
import { argumentsOf, isAlive } from "./support/agent-process.ts";
import { agentProcess, containerProcesses } from "./support/container-processes.ts";
import { proveFault } from "./support/fault-table.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { podOnNode, untilPodOnNode } from "./support/pod-on-node.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

// Of 20 seconds the nodes have a share of 5.3 and one of 13.1 under this name.
const instance = "stagger-106";
const windowMs = 20_000;

// Of ten minutes the first node has 75.7 seconds: more than a minute, however long the first write takes.
const late = "late-333";
const lateWindowMs = 600_000;

// Every node of a test is young.
const ofAnyAge = "--stagger-node-age=1s";

// A look, a start of the runtime's pull, and a machine that is busy.
const afterShareMs = 20_000;

// Keeps the deleted pod's object until its exit code was read.
const finalizer = "image-prefetcher.test/exit-code";

const waitLine = "something has to be pulled: waiting for this node's share of the stagger window";

interface LogLine {
  readonly time: string;
  readonly msg: string;
  readonly delayMs?: number;
}

describe("nodes that wait for their shares of a window", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let nodes: readonly string[];
  const addresses = new Map<string, string>();
  const key = keyOf(instance);
  /** The container that waits for more than a minute. */
  let asleep: string | undefined;
  /** The labels of the node at each request for the repository. */
  const labelsAtRequests: (string | undefined)[] = [];

  const install = async (
    verb: "install" | "upgrade",
    release: string,
    name: string,
    window: string,
    values: object,
  ) => {
    await pushSampleImage(`stagger/${name}`);
    const images = [`${front.address}/stagger/${name}:1`];
    await scene[verb](release, { images, stagger: { window }, ...values });
  };
  const share = (node: string) => staggerDelayMs({ nodeName: node, instance, windowMs });
  const lateShare = (node: string) =>
    staggerDelayMs({ nodeName: node, instance: late, windowMs: lateWindowMs });
  const podOf = async (release: string, node: string) => {
    const pod = await podOnNode(scene, release, node);
    assert.ok(pod !== undefined, `${release} has a pod on ${node}`);
    return pod;
  };
  const linesOf = async (release: string, node: string) => {
    const { name } = await podOf(release, node);
    const log = await scene.kubectl("logs", name, "--container", "prefetch").catch(() => "");
    const lines = log.trim().split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as LogLine);
  };
  const waitsIn = async (release: string, node: string) =>
    (await linesOf(release, node)).filter(({ msg }) => msg === waitLine);
  const untilWaiting = async (release: string, node: string) => {
    await waitUntil(`${release} waits on ${node}`, 60_000, async () => {
      const pod = await podOnNode(scene, release, node);
      return pod !== undefined && (await waitsIn(release, node)).length > 0;
    });
    const [line] = await waitsIn(release, node);
    assert.ok(line !== undefined);
    return line;
  };
  /** When the node first asked for the image, in milliseconds since 1970; undefined where it has not. */
  const askedAt = (name: string, node: string) => {
    const { atMs } =
      front.requests.find(
        ({ repository, from }) => repository === `stagger/${name}` && from === addresses.get(node),
      ) ?? {};
    return atMs === undefined ? undefined : performance.timeOrigin + atMs;
  };
  /** How long after `line` the node asked for the image. */
  const waitedMs = (name: string, node: string, line: LogLine) =>
    (askedAt(name, node) ?? Number.NaN) - Date.parse(line.time);

  before(async () => {
    scene = await openScene("stagger", 2);
    nodes = [...scene.nodes()].sort();
    for (const node of nodes) {
      const found: { type: string; address: string }[] = (await scene.get("node", node)).status.addresses;
      addresses.set(node, found.find(({ type }) => type === "InternalIP")?.address ?? "");
    }
    history = await openNodeHistory();
    front = await openRegistryFront();
    front.setRule(({ repository, from }) => {
      const node = nodes.find((name) => addresses.get(name) === from);
      if (repository === "stagger/second" && node !== undefined)
        labelsAtRequests.push(history.now(node, key).label);
      return undefined;
    });
    const placed = { nodeSelector: { "kubernetes.io/hostname": nodes[0] } };
    await install("install", late, "late", "10m", { ...placed, extraArgs: [ofAnyAge] });
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  it("have no Node.js in the pod while they wait for more than a minute", async () => {
    const [node = ""] = nodes;
    const { delayMs } = await untilWaiting(late, node);
    assert.equal(delayMs, lateShare(node));
    const { uid, prefetch } = await podOf(late, node);
    asleep = prefetch.id;
    const programs = () =>
      containerProcesses(node, uid, asleep ?? "").map(({ pid }) => argumentsOf(pid)[0] ?? "");
    await waitUntil("it sleeps", 20_000, () => programs().includes("snooze"), 50);
    assert.deepEqual(programs(), ["/tini", "snooze"]);
    assert.equal(askedAt("late", node), undefined);
  });

  it("do not wait while they are young", async () => {
    await install("install", instance, "first", "20s", {});
    await history.untilLabelled(nodes, key, "succeeded");
    for (const node of nodes) assert.deepEqual(await waitsIn(instance, node), []);
  });

  const row = {
    row: 41,
    fault: "a changed list on two nodes, with a window",
    expected: "each asks at its own share, its label gone before",
  };
  it("row 41, lose their label at once, ask the registry nothing for as long as the share, and then ask", () =>
    proveFault(row, async () => {
      await install("upgrade", instance, "second", "20s", { extraArgs: [ofAnyAge] });
      const waits = await Promise.all(nodes.map((node) => untilWaiting(instance, node)));
      assert.deepEqual(
        waits.map(({ delayMs }) => delayMs),
        nodes.map(share),
      );
      await history.untilLabelled(nodes, key, "succeeded");
      const waited = nodes.map((node, index) => waitedMs("second", node, waits[index] as LogLine));
      for (const [index, node] of nodes.entries()) {
        const overMs = (waited[index] ?? Number.NaN) - share(node);
        // The process's clock and the log's are read a moment apart.
        assert.ok(overMs > -50 && overMs < afterShareMs, `${node}: ${overMs} ms after its share`);
        const labels = history.of(node, key).map(({ label }) => label);
        assert.deepEqual(labels.slice(-2), [undefined, "succeeded"]);
        assert.equal(history.of(node, key).at(-2)?.record?.verdict, "none");
      }
      assert.ok(labelsAtRequests.length > 0 && labelsAtRequests.every((label) => label === undefined));
      return `asked after ${waited.map((ms) => (ms / 1000).toFixed(1)).join(" and ")} s`;
    }));

  it("do not wait when they have all images", async () => {
    const [node = ""] = nodes;
    const before = await podOf(instance, node);
    await scene.kubectl("delete", "pod", before.name, "--wait=false");
    await untilPodOnNode(scene, instance, node, ({ uid, main }) => uid !== before.uid && main.isRunning);
    assert.deepEqual(await waitsIn(instance, node), []);
  });

  it("end with 143 at once when their pod is deleted meanwhile", async (test) => {
    const node = nodes[1] ?? "";
    await install("upgrade", instance, "third", "20s", { extraArgs: [ofAnyAge] });
    await untilWaiting(instance, node);
    const { name, uid, prefetch } = await podOf(instance, node);
    const { pid } = agentProcess(node, uid, prefetch.id ?? "") ?? {};
    assert.ok(pid !== undefined, "a wait of less than a minute is the process's own");
    const finalizers = (names: readonly string[] | null) =>
      scene.kubectl(
        "patch",
        "pod",
        name,
        "--type=merge",
        "-p",
        JSON.stringify({ metadata: { finalizers: names } }),
      );
    await finalizers([finalizer]);
    try {
      const toldAtMs = performance.now();
      await scene.kubectl("delete", "pod", name, "--wait=false");
      await waitUntil("the process has ended", 10_000, () => !isAlive(pid), 20);
      const tookMs = performance.now() - toldAtMs;
      test.diagnostic(`waiting: ended ${Math.round(tookMs)} ms after its pod was deleted`);
      // kubectl's own time is in it; a pod that is not told anything ends after 30 s.
      assert.ok(tookMs < 8_000, `it took ${Math.round(tookMs)} ms`);
      const code = "{.status.initContainerStatuses[0].state.terminated.exitCode}";
      await scene.kubectl("wait", `pod/${name}`, `--for=jsonpath=${code}=143`, "--timeout=8s");
      assert.equal(askedAt("third", node), undefined);
      assert.equal(history.now(node, key).label, undefined);
    } finally {
      await finalizers(null);
    }
    assert.ok((await agentPods(scene, instance)).every(({ metadata }) => metadata.uid !== uid));
  });

  it("pull in the same container after a wait of more than a minute", async () => {
    const [node = ""] = nodes;
    await history.untilLabelled([node], keyOf(late), "succeeded", 120_000);
    const { prefetch } = await untilPodOnNode(scene, late, node, ({ main }) => main.isRunning);
    assert.deepEqual([prefetch.id, prefetch.restartCount, prefetch.exitCode], [asleep, 0, 0]);
    const waits = await waitsIn(late, node);
    assert.equal(waits.length, 1, "one wait, and one line");
    const overMs = waitedMs("late", node, waits[0] as LogLine) - lateShare(node);
    // The sleeper wakes up in the second after the time.
    assert.ok(overMs > -50 && overMs < afterShareMs + 2_000, `${overMs} ms after its share`);
  });
});
