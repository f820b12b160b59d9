import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { argumentsOf, isAlive } from "./support/agent-process.ts";
import { askedRepositories } from "./support/asked-repositories.ts";
import { containerProcesses } from "./support/container-processes.ts";
import { keepValues, withinOneIntervalMs } from "./support/keep-scene.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { podOnNode, untilPodOnNode } from "./support/pod-on-node.ts";
import { answers } from "./support/registry-fault.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

const mebibyte = 1024 * 1024;
const minuteMs = 60_000;

// Of every wait half is fixed and half random: 5 to 10 minutes, and 25 to 50 seconds.
const [long, short] = ["10m", "50s"];

describe("a node that fails, between two rounds,", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let node: string;

  /** The processes of the release's init container. */
  const processesOf = async (release: string) => {
    const pod = await podOnNode(scene, release, node);
    return containerProcesses(node, pod?.uid ?? "", pod?.prefetch.id ?? "");
  };
  /** Their programs, as each of them was called, in alphabetical order: process ids start again at some point. */
  const programsOf = async (release: string) =>
    (await processesOf(release)).map(({ pid }) => argumentsOf(pid)[0] ?? "").sort();
  const untilAsleep = (release: string) =>
    waitUntil(`${release} sleeps`, 60_000, async () => (await programsOf(release)).includes("snooze"), 50);
  const pidOf = async (release: string, program: string) => {
    const found = (await processesOf(release)).find(({ pid }) => argumentsOf(pid)[0] === program);
    assert.ok(found !== undefined, `${program} runs in the pod of ${release}`);
    return found.pid;
  };
  const wake = async (release: string) => process.kill(await pidOf(release, "snooze"), "SIGALRM");
  const linesOf = async (release: string) => {
    const pod = await podOnNode(scene, release, node);
    const log = await scene.kubectl("logs", pod?.name ?? "", "--container", "prefetch");
    return log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as LogLine);
  };
  const roundsOf = async (release: string) =>
    (await linesOf(release)).flatMap(({ roundNumber }) => roundNumber ?? []);
  const labelsOf = (release: string) => history.of(node, keyOf(release)).map(({ label }) => label);

  // Each release has images of its own, so that at the registry one can be told from another.
  const repositoryOf = (release: string, name: string) => `asleep/${release}-${name}`;
  const install = async (release: string, initialDelay: string, values: object = {}) => {
    for (const name of ["there", "absent"]) await pushSampleImage(repositoryOf(release, name));
    await scene.install(release, {
      images: ["there", "absent"].map((name) => `${front.address}/${repositoryOf(release, name)}:1`),
      pull: { policy: "Always", retry: { initialDelay, maxDelay: "60m" } },
      ...values,
    });
  };

  before(async () => {
    scene = await openScene("asleep", 1);
    node = scene.nodes()[0] ?? "";
    history = await openNodeHistory();
    front = await openRegistryFront();
    front.setRule(({ repository }) => (repository?.endsWith("-absent") ? answers(404) : undefined));
    await Promise.all([
      install("sleeper", long),
      install("terminated", long),
      install("resident", short),
      install("looking", long, { mode: "keep", keep: keepValues.keep }),
    ]);
    await history.untilLabelled([node], keyOf("sleeper"), "failed");
    await untilAsleep("sleeper");
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  it("has no Node.js in the pod, 2 MiB at most, and says honestly how it stands", async (test) => {
    assert.deepEqual(await programsOf("sleeper"), ["/tini", "snooze"]);
    const processes = await processesOf("sleeper");
    const bytes = processes.reduce((sum, seen) => sum + seen.proportionalSetSizeBytes, 0);
    test.diagnostic(`asleep: ${(bytes / mebibyte).toFixed(2)} MiB PSS`);
    assert.ok(bytes > 0 && bytes <= 2 * mebibyte, `${bytes} bytes`);
    const pod = await podOnNode(scene, "sleeper", node);
    const row = await scene.kubectl("get", "pod", pod?.name ?? "", "--no-headers");
    assert.match(row, /^\S+ +0\/1 +Init:0\/1 +0 /);
    const { label, record } = history.now(node, keyOf("sleeper"));
    assert.deepEqual([label, record?.failed.map(({ reason }) => reason)], ["failed", ["not_found"]]);
  });

  it("keeps its Node.js where the wait is less than a minute", async () => {
    await waitUntil("its first round has ended", 60_000, async () => (await roundsOf("resident")).length > 0);
    assert.deepEqual(await programsOf("resident"), ["/node", "/tini"]);
    assert.equal(labelsOf("resident").at(-1), "failed");
  });

  it("ends at once, with 143, when it is told to", async (test) => {
    await untilAsleep("terminated");
    const pid = await pidOf("terminated", "snooze");
    const atMs = performance.now();
    // As the runtime does it where a pod is deleted: it is the first process that is told.
    process.kill(await pidOf("terminated", "/tini"), "SIGTERM");
    await waitUntil("the sleeper has ended", 10_000, () => !isAlive(pid), 10);
    const tookMs = performance.now() - atMs;
    test.diagnostic(`asleep: ended ${Math.round(tookMs)} ms after SIGTERM`);
    assert.ok(tookMs < 1_000, `it took ${Math.round(tookMs)} ms`);
    const { name = "" } = (await podOnNode(scene, "terminated", node)) ?? {};
    const code = "{.status.initContainerStatuses[0].lastState.terminated.exitCode}";
    await scene.kubectl("wait", `pod/${name}`, `--for=jsonpath=${code}=143`, "--timeout=20s");
  });

  it("is looked at within one interval in mode keep, so that a label that somebody removed is written anew", async (test) => {
    const key = keyOf("looking");
    await history.untilLabelled([node], key, "failed");
    const [from, atMs] = [history.of(node, key).length, performance.now()];
    await scene.kubectl("label", "node", node, `${key}-`);
    await history.until(node, key, ({ label }) => label === "failed" && history.of(node, key).length > from);
    const tookMs = performance.now() - atMs;
    test.diagnostic(`failed again ${Math.round(tookMs)} ms after the label was removed`);
    assert.ok(tookMs <= withinOneIntervalMs, `it took ${Math.round(tookMs)} ms`);
    const pod = await podOnNode(scene, "looking", node);
    assert.deepEqual([pod?.prefetch.isRunning, pod?.prefetch.restartCount], [true, 0]);
  });

  it("runs its next round at once when it is woken, goes on where it was, and then waits for twice as long", async () => {
    const before = await linesOf("sleeper");
    front.clear();
    const atMs = performance.now();
    await wake("sleeper");
    await waitUntil("the second round", 30_000, async () => (await roundsOf("sleeper")).includes(2));
    const tookMs = performance.now() - atMs;
    await untilAsleep("sleeper");
    const since = (await linesOf("sleeper")).slice(before.length);

    assert.ok(tookMs < 10_000, `it took ${Math.round(tookMs)} ms`);
    assert.deepEqual(await roundsOf("sleeper"), [1, 2]);
    assert.deepEqual(
      since.map(({ msg }) => msg).filter((msg) => msg.startsWith("image ")),
      ["image failed"],
      "what is there is told once",
    );
    const [first = 0] = waitsIn(before);
    const [second = 0] = waitsIn(since);
    assert.ok(first >= 5 * minuteMs && first <= 10 * minuteMs, `${first} ms`);
    assert.ok(second >= 10 * minuteMs && second <= 20 * minuteMs, `${second} ms`);
    assert.deepEqual(
      askedRepositories(front.requests).filter((name) => name.startsWith("asleep/sleeper-")),
      [repositoryOf("sleeper", "absent")],
      "policy Always: what the first round confirmed is not asked for again",
    );
  });

  it("says succeeded and ends with 0 where a later round finds the image, and one container was all it took", async () => {
    front.setRule(undefined);
    await wake("sleeper");
    const { prefetch } = await untilPodOnNode(scene, "sleeper", node, ({ main }) => main.isRunning);
    assert.deepEqual([prefetch.exitCode, prefetch.restartCount], [0, 0]);
    assert.deepEqual(await roundsOf("sleeper"), [1, 2, 3]);
    assert.deepEqual(labelsOf("sleeper").slice(-1), ["succeeded"]);
    assert.equal(labelsOf("sleeper").filter((label) => label === "succeeded").length, 1);
  });
});

interface LogLine {
  readonly msg: string;
  readonly roundNumber?: number;
  readonly delayMs?: number;
}

function waitsIn(lines: readonly LogLine[]): readonly number[] {
  return lines.flatMap(({ msg, delayMs }) => (msg === "waiting for the next round" ? (delayMs ?? []) : []));
}
