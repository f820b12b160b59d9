import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { renewPod } from "./support/agent-pod.ts";
import { type ApiRequest, apiRequestsOf } from "./support/api-requests.ts";
import { askedRepositories, turnsOf } from "./support/asked-repositories.ts";
import { createHold } from "./support/hold.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { isOnNode, removeFromNode } from "./support/node-images.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

// Whatever were to be asked beyond the pool's bound would be asked at once: nothing that the front sees stands in its way.
const quietMs = 1_000;

// containerd downloads this many blobs at once, for all images of the node together.
const downloadsOfContainerd = 3;

describe("the pool", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let node: string;
  const reference = (name: string) => `${front.address}/pool/${name}`;
  const untilSucceeded = (release: string) => history.untilLabelled([node], keyOf(release), "succeeded");

  before(async () => {
    scene = await openScene("pool", 1);
    front = await openRegistryFront();
    history = await openNodeHistory();
    node = scene.nodes()[0] ?? "";
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  describe("with 24 images of which no blob arrives", () => {
    const names = Array.from({ length: 24 }, (_, index) => `many-${index + 1}`);
    before(async () => {
      for (const name of names) await pushSampleImage(`pool/${name}`);
    });

    for (const concurrency of [4, 24]) {
      it(`asks for exactly ${concurrency} with pull.concurrency ${concurrency}`, async () => {
        const release = `pool-of-${concurrency}`;
        const hold = createHold(({ kind }) => kind === "blob");
        front.clear();
        front.setRule(hold.rule);
        await scene.install(release, {
          images: names.map((name) => `${reference(name)}:1`),
          pull: { concurrency },
        });
        await waitUntil(`${concurrency} repositories are asked and nothing arrives`, 60_000, () => {
          const asked = askedRepositories(front.requests);
          return asked.length >= concurrency && hold.held.length >= downloadsOfContainerd;
        });
        const requests = front.requests.length;
        await sleep(quietMs);

        const asked = askedRepositories(front.requests);
        assert.deepEqual(
          [...asked].sort(),
          names
            .slice(0, concurrency)
            .map((name) => `pool/${name}`)
            .sort(),
        );
        assert.equal(front.requests.length, requests, "it was quiet");
        hold.release();
        await untilSucceeded(release);
        assert.equal(askedRepositories(front.requests).length, names.length);
        for (const name of names) await removeFromNode(node, `${reference(name)}:1`);
      });
    }
  });

  describe("with one slot for two images", () => {
    it("pulls the second while the first waits for its next try", async () => {
      await pushSampleImage("pool/busy");
      await pushSampleImage("pool/ready");
      const isAsked = (name: string) =>
        front.requests.some(({ kind, repository }) => kind === "blob" && repository === `pool/${name}`);
      front.clear();
      // Refused until the other one has been pulled: if it kept its slot while it waits, that would never be.
      front.setRule(({ repository }) =>
        repository === "pool/busy" && !isAsked("ready") ? { status: 503 } : undefined,
      );
      await scene.install("pool-wait", {
        images: [`${reference("busy")}:1`, `${reference("ready")}:1`],
        pull: { concurrency: 1 },
      });
      await untilSucceeded("pool-wait");
      assert.deepEqual(turnsOf(front.requests), ["pool/busy", "pool/ready", "pool/busy"]);
      // The order would be the same if the slot were kept for the wait alone: then the second comes at the wait's end.
      const other = front.requests.findIndex(({ repository }) => repository === "pool/ready");
      const again = front.requests.findIndex(
        ({ repository }, index) => index > other && repository === "pool/busy",
      );
      const [refusedAtMs = 0, otherAtMs = 0, againAtMs = 0] = [other - 1, other, again].map(
        (index) => front.requests[index]?.atMs,
      );
      const halfOfTheWaitMs = (againAtMs - refusedAtMs) / 2;
      assert.ok(otherAtMs - refusedAtMs < halfOfTheWaitMs, JSON.stringify(front.requests));
      const labels = history.of(node, keyOf("pool-wait")).map(({ label }) => label);
      assert.deepEqual(labels, [undefined, undefined, "succeeded"], "one round did it all");
    });

    it("does not ask for the second while the first is being pulled", async () => {
      await pushSampleImage("pool/slow");
      await pushSampleImage("pool/next");
      const hold = createHold(({ repository }) => repository === "pool/slow");
      front.clear();
      front.setRule(hold.rule);
      await scene.install("pool-held", {
        images: [`${reference("slow")}:1`, `${reference("next")}:1`],
        pull: { concurrency: 1 },
      });
      await waitUntil("the first is asked for", 60_000, () => hold.held.length > 0);
      await sleep(quietMs);
      assert.deepEqual(turnsOf(front.requests), ["pool/slow"]);
      hold.release();
      await untilSucceeded("pool-held");
      assert.deepEqual(turnsOf(front.requests), ["pool/slow", "pool/next"]);
    });
  });

  describe("with two names", () => {
    const resolves = () =>
      front.requests.filter(({ method, kind }) => method === "HEAD" && kind === "manifest");
    const install = async (release: string, images: readonly string[]) => {
      front.clear();
      front.setRule(undefined);
      await scene.install(release, { images });
      await untilSucceeded(release);
      for (const image of images) assert.equal(await isOnNode(node, image), true, `${image} is there`);
      const { record } = history.now(node, keyOf(release));
      assert.deepEqual([record?.entries, record?.present], [2, 2], "both entries count");
    };
    before(() => pushSampleImage("pool/named", "latest"));

    it("pulls one image once, however it is written", async () => {
      await install("pool-names", [reference("named"), `${reference("named")}:latest`]);
      assert.deepEqual(
        resolves().map(({ path }) => path),
        ["/v2/pool/named/manifests/latest"],
      );
    });

    it("pulls two tags twice", async () => {
      await pushSampleImage("pool/named", "other");
      await removeFromNode(node, reference("named"));
      await install("pool-tags", [reference("named"), `${reference("named")}:other`]);
      assert.equal(resolves().length, 2);
    });
  });

  describe("on a node that is done", () => {
    const account = "pool-quiet-prefetcher";
    const image = () => `${reference("quiet")}:1`;
    const requestsSince = (since: Date) =>
      apiRequestsOf("pool", node, since).filter(({ serviceAccount }) => serviceAccount === account);

    // Where the kubelet writes to the Node between the agent's read and its write, both are made again.
    const mostOf = (most: number, requests: readonly ApiRequest[]) =>
      most + 2 * requests.filter(({ status }) => status === 409).length;

    it("asks the registry nothing and the API server twice at most when it starts again", async () => {
      await pushSampleImage("pool/quiet");
      front.setRule(undefined);
      const installedAt = new Date();
      await scene.install("pool-quiet", { images: [image()] });
      await untilSucceeded("pool-quiet");
      const pulling = requestsSince(installedAt);
      assert.ok(pulling.length > 0 && pulling.length <= mostOf(4, pulling), JSON.stringify(pulling));

      front.clear();
      const renewedAt = new Date();
      await renewPod(scene, "pool-quiet");
      const warm = requestsSince(renewedAt);
      assert.ok(warm.length > 0 && warm.length <= mostOf(2, warm), JSON.stringify(warm));
      assert.deepEqual(front.requests, []);
      const states = history.of(node, keyOf("pool-quiet"));
      assert.equal(
        states.length,
        3,
        "nothing, then worked on, then succeeded, and that is not written again",
      );
    });

    it("asks both when an image is gone, and the API server four times at most", async () => {
      await removeFromNode(node, image());
      front.clear();
      const renewedAt = new Date();
      await renewPod(scene, "pool-quiet");
      const pulling = requestsSince(renewedAt);
      assert.ok(pulling.length > 2 && pulling.length <= mostOf(4, pulling), JSON.stringify(pulling));
      assert.deepEqual(askedRepositories(front.requests), ["pool/quiet"]);
    });
  });
});
