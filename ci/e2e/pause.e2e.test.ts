import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { waitUntil } from "../cluster/wait-until.ts";
import { agentProcess, containerProcesses, type ProcessSeen } from "./support/container-processes.ts";
import { createHold } from "./support/hold.ts";
import { untilPodOnNode } from "./support/pod-on-node.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

const release = "pause";
const mebibyte = 1024 * 1024;

describe("what stays on a node after the work", () => {
  let scene: Scene;
  let front: RegistryFront;
  let whileAtWork: ProcessSeen;
  let afterwards: readonly ProcessSeen[];

  before(async () => {
    scene = await openScene("pause", 1);
    const [node = ""] = scene.nodes();
    front = await openRegistryFront();
    await pushSampleImage("pause/one");
    const hold = createHold(({ kind }) => kind === "blob");
    front.setRule(hold.rule);
    await scene.install(release, { images: [`${front.address}/pause/one:1`] });
    await waitUntil("the agent pulls", 60_000, () => hold.held.length > 0);
    const atWork = await untilPodOnNode(scene, release, node, ({ prefetch }) => prefetch.isRunning);
    const agent = agentProcess(node, atWork.uid, atWork.prefetch.id ?? "");
    assert.ok(agent !== undefined, "the agent runs");
    whileAtWork = agent;
    hold.release();
    const done = await untilPodOnNode(scene, release, node, ({ main }) => main.isRunning);
    assert.deepEqual(
      containerProcesses(node, atWork.uid, atWork.prefetch.id ?? ""),
      [],
      "the agent has ended",
    );
    afterwards = containerProcesses(node, done.uid, done.main.id ?? "");
  });
  after(async () => {
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  it("holds 1 MiB of memory or less", (test) => {
    const sum = (field: "proportionalSetSizeBytes" | "residentSetSizeBytes") =>
      afterwards.reduce((bytes, seen) => bytes + seen[field], 0);
    const [pss, rss] = [sum("proportionalSetSizeBytes"), sum("residentSetSizeBytes")];
    const agentPss = whileAtWork.proportionalSetSizeBytes;
    const inMebibytes = (bytes: number) => `${(bytes / mebibyte).toFixed(2)} MiB`;
    test.diagnostic(`main container: ${inMebibytes(pss)} PSS, ${inMebibytes(rss)} RSS`);
    test.diagnostic(`the agent while it pulls: ${inMebibytes(agentPss)} PSS`);
    // RSS, which PSS never exceeds: what else runs the same program on the node must not make the figure smaller.
    assert.ok(pss > 0 && pss <= rss && rss <= mebibyte, `${rss} bytes`);
    assert.ok(agentPss > mebibyte, "the same look sees more where there is more");
  });

  it("is one process without rights, as the agent was at work", () => {
    assert.equal(afterwards.length, 1);
    for (const seen of [whileAtWork, ...afterwards]) {
      assert.deepEqual(new Set(seen.userIds), new Set([65532]));
      assert.deepEqual(new Set(seen.groupIds), new Set([0]));
      assert.deepEqual(new Set(seen.supplementaryGroupIds), new Set([0]));
      assert.equal(seen.capabilities, 0n);
      assert.ok(seen.hasNoNewPrivileges);
      assert.ok(seen.isFilteredBySeccomp);
      assert.equal(seen.mounts.find(({ path }) => path === "/")?.isReadOnly, true, "the root is read-only");
    }
  });

  it("mounts neither the runtime's socket nor a token, which the agent had at work", () => {
    const secret = ["/run/containerd", "/var/run/secrets/kubernetes.io/serviceaccount"];
    const had = whileAtWork.mounts.filter(({ path }) => secret.includes(path));
    assert.equal(had.length, secret.length);
    assert.ok(had.every(({ isReadOnly }) => isReadOnly));
    const paths = afterwards.flatMap(({ mounts }) => mounts.map(({ path }) => path));
    assert.deepEqual(
      paths.filter((path) => path.includes("/run/")),
      [],
    );
    assert.ok(paths.includes("/"), "its mounts were looked at");
  });
});
