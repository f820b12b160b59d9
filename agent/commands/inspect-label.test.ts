import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { revisionOf } from "../revision.ts";
import { createInspectWorld } from "../testing/inspect-world.ts";

const key = "image-prefetcher.stackrox.io/my-images";

describe("inspect() of the label", () => {
  const annotation = (parts: object) => JSON.stringify({ v: 1, owner: "default/my-images", ...parts });

  it("tries to write what would stand there after success", async () => {
    const world = createInspectWorld({ sample: true });
    await world.finish("a", "b platforms=linux/s390x");
    assert.deepEqual(world.nodeApi.methods(), ["read", "write"]);
    const [change] = world.nodeApi.writes();
    assert.equal(change?.label, "succeeded");
    assert.deepEqual(JSON.parse(change?.annotation ?? ""), {
      v: 1,
      revision: revisionOf("IfNotPresent", ["a", "b platforms=linux/s390x"]),
      owner: "default/my-images",
      verdict: "succeeded",
      finishedAt: "2026-01-02T03:04:05.000Z",
      entries: 2,
      present: 1,
      skipped: 1,
      failed: [],
      sample: true,
    });
    assert.equal(
      world.nodeApi.requests.some((request) => "resourceVersion" in request),
      false,
    );
  });

  it("says why it is refused", async () => {
    const world = createInspectWorld();
    world.nodeApi.onWrite({ kind: "refused", message: "patch nodes/node-1: no (HTTP 403)" });
    assert.deepEqual((await world.finish("a")).label, {
      key,
      isWritable: false,
      problem: `the label ${key} cannot be written on node node-1: patch nodes/node-1: no (HTTP 403)`,
    });
  });

  it("says that the Node cannot even be read, and tries nothing more", async () => {
    const world = createInspectWorld();
    world.nodeApi.onRead({ kind: "unavailable", message: "no API server" });
    const { label, disk } = await world.finish("a");
    assert.deepEqual(label, {
      key,
      problem: `the label ${key} cannot be written on node node-1: no API server`,
    });
    assert.deepEqual(world.nodeApi.methods(), ["read"]);
    assert.equal("isUnderDiskPressure" in disk, false);
  });

  it("says that there is no such Node", async () => {
    const world = createInspectWorld();
    world.nodeApi.onRead({ kind: "gone" });
    assert.equal((await world.finish("a")).label.problem, "the API server has no node node-1");
  });

  it("says whose it is, and what to do where it is another's", async () => {
    const world = createInspectWorld();
    const standing = { owner: "other/release", revision: "1-0", finishedAt: "2026-01-01T00:00:00.000Z" };
    world.nodeApi.marks = { label: "succeeded", annotation: annotation(standing) };
    const { label } = await world.finish("a");
    const { problem, ...rest } = label;
    assert.deepEqual(rest, { key, value: "succeeded", ...standing, isWritable: true });
    assert.match(problem ?? "", /belongs to other\/release, and this is default\/my-images/);
  });

  it("takes a former owner for no problem where takeOver names it", async () => {
    const world = createInspectWorld({ takeOver: "other/release" });
    world.nodeApi.marks = { label: "succeeded", annotation: annotation({ owner: "other/release" }) };
    assert.equal((await world.finish("a")).label.problem, undefined);
  });

  describe("that says failed", () => {
    const failed = [{ image: "a", reason: "unauthorized" }, { image: 1 }, null];
    const revision = revisionOf("IfNotPresent", ["a", "b"]);
    const cases: readonly [what: string, label: string, parts: object, reason: string | undefined][] = [
      ["tells why the last round failed with an image", "failed", { revision, failed }, "unauthorized"],
      ["does not where the label says otherwise", "succeeded", { revision, failed }, undefined],
      ["does not where it was another list", "failed", { revision: "1-0", failed }, undefined],
      ["does not where it was another owner", "failed", { revision, failed, owner: "o/r" }, undefined],
      ["does not where the annotation is not as it should be", "failed", { revision, failed: 1 }, undefined],
    ];
    for (const [what, label, parts, reason] of cases) {
      it(what, async () => {
        const world = createInspectWorld();
        world.nodeApi.marks = { label, annotation: annotation(parts) };
        const { images } = await world.finish("a", "b");
        assert.deepEqual(
          images.map(({ lastFailure }) => lastFailure),
          [reason, undefined],
        );
      });
    }
  });
});
