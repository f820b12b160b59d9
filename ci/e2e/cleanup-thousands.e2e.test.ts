import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { type Cluster, down, up } from "../cluster/cluster.ts";
import { stopPart } from "../cluster/control-plane-process.ts";
import { storyClusters } from "../test/story-clusters.ts";
import { startCleanup } from "./support/clean-up-by-hand.ts";
import { cleanupRights, createFleetAccount, type FleetAccount } from "./support/fleet-account.ts";
import { type FleetObjects, openFleetObjects } from "./support/fleet-objects.ts";
import { requestsOf } from "./support/fleet-requests.ts";
import { watchPeakMemory } from "./support/peak-memory.ts";

// Four of the pages that the command reads. With 3,000 it needs no more memory, and the story takes three times as long.
const nodeCount = 1000;
const [key, neighbourKey] = [keyOf("fleet"), keyOf("fleet-neighbour")];
const [owner, otherOwner] = ["fleet/images", "elsewhere/images"];

// What the hook's pod may have by default.
const memoryLimitMiB = 256;

describe("prefetcher cleanup on a cluster of 1,000 nodes", () => {
  let cluster: Cluster;
  let folder: string;
  let objects: FleetObjects;
  let account: FleetAccount;

  before(async () => {
    await down({ name: storyClusters.fleet });
    cluster = await up({ name: storyClusters.fleet, nodes: 0, log: () => {} });
    folder = await mkdtemp(join(tmpdir(), "story-fleet-"));
    objects = openFleetObjects(cluster);
    account = await createFleetAccount(cluster, objects, {
      namespace: "fleet",
      folder,
      rights: cleanupRights,
    });
    // It would write to each Node of a cluster that grows so fast, and to each whose kubelet is silent.
    await stopPart(cluster, "kube-controller-manager");
    const numbers = [...Array(nodeCount).keys()];
    await objects.askForAll(numbers, (number) => objects.ask("POST", "/api/v1/nodes", nodeObject(number)));
  });
  after(async () => {
    objects?.[Symbol.dispose]();
    await down({ name: storyClusters.fleet });
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it("removes exactly what its owner wrote while nodes change and vanish, with little memory", async (test) => {
    const before = await objects.nodes();
    assert.equal(before.size, nodeCount);
    const beganMs = performance.now();
    const cleanup = startCleanup(["--instance=fleet", `--owner=${owner}`], account.kubeconfig);
    test.after(() => cleanup.child.kill("SIGKILL"));
    using memory = watchPeakMemory(cleanup.child.pid ?? 0);
    await cleanup.untilSaid(": removed ");
    // The end of the first page, which it has read, and nodes of the last.
    const vanishing = [...range(200, 250), ...range(900, 950)].map(nameOf);
    const changing = [...range(150, 200), ...range(850, 900)].map(nameOf);
    const changed = { metadata: { annotations: { "example.com/changed": "yes" } } };
    await objects.askForAll([...vanishing, ...changing], (name) =>
      vanishing.includes(name)
        ? objects.ask("DELETE", `/api/v1/nodes/${name}`)
        : objects.ask("PATCH", `/api/v1/nodes/${name}`, changed),
    );
    const { exitCode, stdout, stderr } = await cleanup.ended;
    const seconds = (performance.now() - beganMs) / 1000;
    assert.deepEqual([exitCode, stderr], [0, ""], stdout.slice(-1000));

    const requests = requestsOf(cluster, account);
    const count = (verb: string, status?: number) =>
      requests.filter((each) => each.verb === verb && (status === undefined || each.status === status))
        .length;
    test.diagnostic(stdout.trimEnd().split("\n").at(-1) ?? "");
    test.diagnostic(
      `${seconds.toFixed(1)} s, ${memory.peakMiB.toFixed(0)} MiB at most, ${requests.length} requests: ` +
        `${count("list")} lists, ${count("patch")} patches (${count("patch", 409)} of a Node that had changed, ` +
        `${count("patch", 404)} of one that had vanished)`,
    );

    const now = await objects.nodes();
    assert.equal(now.size, nodeCount - vanishing.length, "none came back, and no other vanished");
    const marksLeft = [...now.values()].map(({ metadata: { name, labels = {}, annotations = {} } }) => {
      const old = before.get(name)?.metadata;
      const isOwn = JSON.parse(old?.annotations?.[key] ?? "{}").owner === owner;
      const { [key]: label, ...otherLabels } = old?.labels ?? {};
      const { [key]: annotation, ...otherAnnotations } = old?.annotations ?? {};
      const kept = {
        labels: isOwn ? otherLabels : old?.labels,
        annotations: isOwn ? otherAnnotations : old?.annotations,
      };
      const { "example.com/changed": _, ...annotationsNow } = annotations;
      assert.deepEqual({ labels, annotations: annotationsNow }, kept, name);
      return isOwn ? "removed" : "kept";
    });
    const keptCount = marksLeft.filter((mark) => mark === "kept").length;
    assert.equal(keptCount, (nodeCount - vanishing.length) / 10, "each tenth is another owner's");
    assert.ok(count("patch") <= nodeCount, "one request for each of its own, and some again");
    assert.ok(memory.peakMiB < memoryLimitMiB, `${memory.peakMiB} MiB`);
  });
});

function nameOf(number: number): string {
  return `node-${String(number).padStart(5, "0")}`;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** A Node of 20 kB, most of it what a kubelet says of the images that it has. Each tenth is marked by another owner. */
function nodeObject(number: number): object {
  const record = (who: string) =>
    JSON.stringify({ v: 1, revision: "1-000000000000", owner: who, verdict: "succeeded" });
  const images = range(0, 50).map((index) => ({
    names: ["@sha256:", ":1.0.0-"].map(
      (mark) => `registry.example.com/some/team/image-${index}${mark}${"0123456789abcdef".repeat(9)}`,
    ),
    sizeBytes: 100_000_000 + index,
  }));
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: nameOf(number),
      labels: { [key]: "succeeded", [neighbourKey]: "succeeded", "kubernetes.io/os": "linux" },
      annotations: {
        [key]: record(number % 10 === 0 ? otherOwner : owner),
        [neighbourKey]: record("fleet/neighbour"),
      },
    },
    status: { images },
  };
}
