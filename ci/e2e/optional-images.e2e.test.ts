import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { type FaultScene, openFaultScene } from "./support/fault-scene.ts";
import { createHold } from "./support/hold.ts";
import { untilPrefetchEnded } from "./support/prefetch-end.ts";

const platform = `linux/${process.arch === "arm64" ? "arm64" : "amd64"}`;
const elsewhere = "linux/s390x";

describe("a list with optional images and platforms", () => {
  let scene: FaultScene;
  before(async () => {
    scene = await openFaultScene("optional");
  });
  after(async () => {
    await scene?.[Symbol.asyncDispose]();
  });
  const missing = () => `${scene.front.address}/optional/no-such-image:1`;

  it("says succeeded while an optional image is still being pulled, and again when it is there", async () => {
    const [needed, wished] = [await scene.push("needed"), await scene.push("wished")];
    const hold = createHold(({ kind, repository }) => kind === "blob" && repository === "optional/wished");
    scene.front.setRule(hold.rule);
    const key = keyOf("optional-slow");
    await scene.start("optional-slow", [{ ref: wished.atFront, required: false }, needed.atFront]);
    await scene.history.untilLabelled([scene.node], key, "succeeded");
    const { record } = scene.history.now(scene.node, key);
    assert.deepEqual([record?.entries, record?.present, record?.failed], [2, 1, []]);
    await waitUntil("the optional image is asked for", 60_000, () => hold.held.length > 0, 50);
    hold.release();
    await scene.history.until(scene.node, key, (state) => state.record?.present === 2);
    const labels = scene.history.of(scene.node, key).map(({ label }) => label);
    assert.deepEqual(labels, [undefined, undefined, "succeeded", "succeeded"]);
  });

  it("ends as succeeded though an optional image is missing for good, and says which", async () => {
    const { atOther } = await scene.push("present");
    const values = { pull: { onFailure: "retry" } };
    const list = [atOther, { ref: missing(), required: false }];
    const end = await scene.prefetch("optional-missing", list, values);
    assert.equal(end.label, "succeeded");
    const key = keyOf("optional-missing");
    await scene.history.until(scene.node, key, ({ record }) => record?.failed.length === 1);
    const { label, record } = scene.history.now(scene.node, key);
    assert.equal(label, "succeeded");
    assert.deepEqual(record?.failed, [{ image: missing(), reason: "not_found", required: false }]);
    const { exitCode, message } = await untilPrefetchEnded(scene.scene, "optional-missing");
    assert.equal(exitCode, 0);
    assert.match(
      message,
      /^succeeded: 1 of 2 images are there .*\n.*no-such-image:1 \(optional\): not_found/,
    );
  });

  it("skips what is meant for other platforms, and pulls what is meant for this one", async () => {
    const [here, there] = [await scene.push("here"), await scene.push("there")];
    scene.proxy.clear();
    const end = await scene.prefetch("optional-platforms", [
      { ref: here.atOther, platforms: [elsewhere, platform] },
      { ref: there.atOther, platforms: [elsewhere] },
    ]);
    assert.equal(end.label, "succeeded");
    assert.deepEqual([end.record?.entries, end.record?.present, end.record?.skipped], [2, 1, 1]);
    assert.deepEqual(
      scene.proxy.callsOf({ image: there.atOther }).map(({ method }) => method),
      [],
    );
  });

  it("gives no label where no required entry is meant for the node, and takes an old one away", async () => {
    const { atOther } = await scene.push("nowhere");
    const key = keyOf("optional-nowhere");
    assert.equal((await scene.prefetch("optional-nowhere", [atOther])).label, "succeeded");
    await scene.start("optional-nowhere", [{ ref: atOther, platforms: [elsewhere] }]);
    const isNone = ({ record }: { record: { verdict: string } | undefined }) => record?.verdict === "none";
    const { label, record } = await scene.history.until(scene.node, key, isNone);
    assert.deepEqual([label, record?.skipped, record?.present], [undefined, 1, 0]);
    const { exitCode } = await untilPrefetchEnded(scene.scene, "optional-nowhere");
    assert.equal(exitCode, 0);
  });
});
