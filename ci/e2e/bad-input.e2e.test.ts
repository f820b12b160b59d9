import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { revisionOf } from "../../agent/revision.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { CommandError } from "../run-command.ts";
import { renewPod } from "./support/agent-pod.ts";
import { apiRequestsOf } from "./support/api-requests.ts";
import { askedRepositories } from "./support/asked-repositories.ts";
import { cleanUpByHand } from "./support/clean-up-by-hand.ts";
import { type NodeHistory, type NodeState, openNodeHistory } from "./support/node-history.ts";
import { isOnNode } from "./support/node-images.ts";
import { untilPrefetchEnded } from "./support/prefetch-end.ts";
import { former, refusals, wrongRevision } from "./support/refusals.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";
import { openSilentSocket, type SilentSocket } from "./support/silent-socket.ts";

const owned = refusals.filter(({ exitCode }) => exitCode === 4).map(({ release }) => release);

describe("bad input", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let silent: SilentSocket;
  let node: string;
  const imageOf = (release: string) => `${front.address}/${release}:1`;
  const install = (release: string, values: object) =>
    scene.install(release, { images: [imageOf(release)], ...values });
  const upgrade = (release: string, values: object) =>
    scene.upgrade(release, { images: [imageOf(release)], ...values });
  /** Until the label says `succeeded` for this release's list. */
  const untilSucceeded = (release: string, instance = release) =>
    history.until(
      node,
      keyOf(instance),
      ({ label, record }) => label === "succeeded" && record?.owner === `bad-input/${release}`,
    );

  before(async () => {
    scene = await openScene("bad-input", 1);
    node = scene.nodes()[0] ?? "";
    front = await openRegistryFront();
    silent = await openSilentSocket(node, "bad-input");
    for (const { release } of refusals) await pushSampleImage(release);
    const lists = refusals.map(({ release }) => [release, `# one image\n${imageOf(release)}\n`]);
    await scene.apply({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "lists" },
      data: {
        ...Object.fromEntries(lists),
        comments: "# registry.k8s.io/pause:3.10\n\n  # and nothing else\n",
      },
    });
    const record = {
      v: 1,
      revision: wrongRevision,
      owner: former,
      verdict: "succeeded",
      entries: 1,
      present: 1,
    };
    await scene.kubectl("label", "node", node, ...owned.map((release) => `${keyOf(release)}=succeeded`));
    const annotations = owned.map(
      (release) => `${keyOf(release)}=${JSON.stringify({ ...record, failed: [] })}`,
    );
    await scene.kubectl("annotate", "node", node, ...annotations);
    history = await openNodeHistory();
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await silent?.[Symbol.asyncDispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  describe("that the chart refuses", { concurrency: 2 }, () => {
    const refused = [
      {
        values: { images: [] },
        names: "/images",
        says: "images: the list is empty. Name at least one image",
      },
      {
        values: { instanceName: "-bad_" },
        names: "/instanceName",
        says: 'instanceName: "-bad_" cannot end a label\'s key.',
      },
    ];
    for (const { values, names, says } of refused) {
      it(`installs nothing with ${JSON.stringify(values)}, with and without the schema`, async () => {
        const install = (...flags: string[]) => scene.install("bad-input-chart", values, ...flags);
        const isRefusal = (text: string) => (error: unknown) =>
          error instanceof CommandError && error.stderr.includes(text);
        await assert.rejects(install(), isRefusal(names));
        await assert.rejects(install("--skip-schema-validation"), isRefusal(says));
        assert.equal((await scene.helm("list", "--filter", "bad-input-chart", "-q")).stdout, "");
      });
    }
  });

  let startedAt: Date;
  describe("that the agent refuses", { concurrency: 4 }, () => {
    before(() => {
      startedAt = new Date();
    });
    for (const { release, because, bad, exitCode, says } of refusals) {
      it(`ends with ${exitCode} because of ${because}`, async () => {
        await install(release, bad);
        const end = await untilPrefetchEnded(scene, release);
        assert.equal(end.exitCode, exitCode, end.message);
        for (const piece of says)
          assert.ok(end.message.includes(piece), `${piece}\nis not in\n${end.message}`);
      });
    }
  });

  it("has pulled nothing, and the node's labels and annotations are what they were", () => {
    assert.deepEqual(askedRepositories(front.requests), []);
    const metadata = history.metadataOf(node);
    assert.equal(metadata.length, 1, JSON.stringify(metadata));
    const requests = apiRequestsOf("bad-input", node, startedAt);
    // The read of whose label it is; the others know without it.
    assert.deepEqual(
      [...new Set(requests.map(({ serviceAccount }) => serviceAccount))].sort(),
      owned.map((release) => `${release}-prefetcher`).sort(),
    );
    assert.ok(silent.connections() > 0, "the silent socket was tried");
  });

  describe("that is put right", { concurrency: 4 }, () => {
    for (const { release, because, good, instance = release } of refusals) {
      if (good === undefined) continue;
      it(`succeeds without ${because}`, async () => {
        await upgrade(release, good(revisionOf("IfNotPresent", [imageOf(release)])));
        await untilSucceeded(release, instance);
        assert.equal(await isOnNode(node, imageOf(release)), true);
      });
    }

    it("succeeds after the clean-up command of the message", async () => {
      const { message } = await untilPrefetchEnded(scene, "bad-input-clean");
      const command = /prefetcher cleanup (.*)$/m.exec(message)?.[1] ?? "";
      const { exitCode, stdout, stderr } = await cleanUpByHand(...command.split(" "));
      assert.equal(exitCode, 0, stdout + stderr);
      // Not what stands there now: the pod, which starts again by itself, may be at work already.
      const isClean = ({ label, record }: NodeState) => label === undefined && record === undefined;
      const wasClean = () => history.of(node, keyOf("bad-input-clean")).some(isClean);
      await waitUntil(`neither label nor annotation after ${command}`, 10_000, wasClean);
      await renewPod(scene, "bad-input-clean");
      await untilSucceeded("bad-input-clean");
    });

    it("names the invalid reference of an entry, pulls the others and says failed, until it is put right", async () => {
      const release = "bad-input-entry";
      await pushSampleImage(release);
      await pushSampleImage(`${release}/other`);
      const [good, other] = [imageOf(release), imageOf(`${release}/other`)];
      const bad = other.replace("/other", "/Other");
      const key = keyOf(release);
      await install(release, { images: [bad, good], pull: { onFailure: "continue" } });
      const { record } = await history.until(node, key, ({ label }) => label === "failed");
      assert.deepEqual(record?.failed, [{ image: bad, reason: "invalid_reference" }]);
      assert.equal(await isOnNode(node, good), true);
      const { exitCode, message } = await untilPrefetchEnded(scene, release);
      assert.equal(exitCode, 0, "pull.onFailure: continue");
      assert.ok(message.includes(`${bad}: invalid_reference: `), message);
      const log = await scene.kubectl("logs", `daemonset/${release}-prefetcher`, "-c", "prefetch");
      assert.match(log, new RegExp(`"image":"${bad}".*has upper-case letters in its repository`));

      await upgrade(release, { images: [other, good], pull: { onFailure: "continue" } });
      await untilSucceeded(release);
    });
  });
});
