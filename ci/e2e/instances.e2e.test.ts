import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { revisionOf } from "../../agent/revision.ts";
import { changedKeys } from "./support/changed-keys.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

describe("two instances on one node", () => {
  let scene: Scene;
  let history: NodeHistory;
  let node: string;
  const reference = (name: string) => `${testCluster().registry}/instances/${name}:1`;

  before(async () => {
    scene = await openScene("instances", 1);
    [node = ""] = scene.nodes();
    for (const name of ["one", "two", "three"]) await pushSampleImage(`instances/${name}`);
    history = await openNodeHistory();
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const labelled = (instance: string, value: string) => history.untilLabelled([node], keyOf(instance), value);
  const labelsOf = (instance: string) => history.of(node, keyOf(instance)).map(({ label }) => label);
  /** The keys that each change of the Node since its `from`th state was about. */
  const changesSince = (from: number) => {
    const states = history.metadataOf(node).slice(from - 1);
    return states.slice(1).map((state, index) => changedKeys(states[index] ?? state, state));
  };
  /** Asserts that nobody but `owner` ever spoke under the instance's key, and only for this list. */
  const assertOnlySpeaker = (instance: string, owner: string, images: readonly string[]) => {
    const records = history.of(node, keyOf(instance)).flatMap(({ record }) => record ?? []);
    for (const record of records) {
      assert.equal(record.owner, owner);
      assert.equal(record.revision, revisionOf("IfNotPresent", images));
      assert.equal(record.entries, images.length);
    }
  };

  it("touches no label and no annotation but its own, whether its list fails or not", async () => {
    const good = { instance: "instances.Good-1", images: ["one", "two"].map(reference) };
    // Named anew each time, since the registry keeps what an earlier run has pushed.
    const late = `late-${randomBytes(4).toString("hex")}`;
    const bad = { instance: "instances_B", images: ["two", late].map(reference) };
    const from = history.metadataOf(node).length;
    await Promise.all([
      scene.install("instances-good", { instanceName: good.instance, images: good.images }),
      scene.install("instances-bad", {
        instanceName: bad.instance,
        images: bad.images,
        pull: { retry: { initialDelay: "2s" } },
      }),
    ]);
    await Promise.all([labelled(good.instance, "succeeded"), labelled(bad.instance, "failed")]);

    // Each was withdrawn into "worked on" once and written once, and no change was about both or about another key.
    const ofEach = [good, bad].map(({ instance }) => [keyOf(instance)]);
    assert.deepEqual(changesSince(from).sort(), [...ofEach, ...ofEach].sort());
    assert.deepEqual(labelsOf(good.instance), [undefined, undefined, "succeeded"]);
    assert.deepEqual(labelsOf(bad.instance), [undefined, undefined, "failed"]);
    assertOnlySpeaker(good.instance, "instances/instances-good", good.images);
    assertOnlySpeaker(bad.instance, "instances/instances-bad", bad.images);
    const { record } = history.now(node, keyOf(bad.instance));
    assert.deepEqual(record?.failed, [{ image: reference(late), reason: "not_found" }]);

    const fromHealed = history.metadataOf(node).length;
    await pushSampleImage(`instances/${late}`);
    await labelled(bad.instance, "succeeded");
    assert.deepEqual(changesSince(fromHealed), [[keyOf(bad.instance)]], "the other is not written anew");
  });

  it("tells `a` from `A`", async () => {
    const from = history.metadataOf(node).length;
    const lists = { a: ["one", "three"].map(reference), A: ["one", "missing"].map(reference) };
    await Promise.all([
      scene.install("instances-lower", { instanceName: "a", images: lists.a }),
      scene.install("instances-upper", { instanceName: "A", images: lists.A }),
    ]);
    await Promise.all([labelled("a", "succeeded"), labelled("A", "failed")]);

    assert.deepEqual(labelsOf("a"), [undefined, undefined, "succeeded"]);
    assert.deepEqual(labelsOf("A"), [undefined, undefined, "failed"]);
    assertOnlySpeaker("a", "instances/instances-lower", lists.a);
    assertOnlySpeaker("A", "instances/instances-upper", lists.A);
    const ofEach = ["a", "A"].map((instance) => [keyOf(instance)]);
    assert.deepEqual(changesSince(from).sort(), [...ofEach, ...ofEach].sort());

    const selected = async (selector: string) =>
      (await scene.kubectl("get", "nodes", "-l", selector, "-o", "name")).trim();
    assert.equal(await selected(`${keyOf("a")}=succeeded`), `node/${node}`);
    assert.equal(await selected(`${keyOf("A")}=failed`), `node/${node}`);
    assert.equal(await selected(`${keyOf("A")}=succeeded`), "");
    assert.equal(await selected(`${keyOf("a")}=failed`), "");
  });

  it("is refused by Helm for a second release of its name, in whatever namespace", async () => {
    const instanceName = "instances.One";
    const images = [reference("one")];
    await scene.install("instances-first", { instanceName, images });
    await labelled(instanceName, "succeeded");
    const from = history.metadataOf(node).length;

    const refusal = /ClusterRole "image-prefetcher:instances\.One".* exists and cannot be imported/;
    await assert.rejects(scene.install("instances-second", { instanceName, images }), refusal);
    try {
      await assert.rejects(
        scene.install("instances-second", { instanceName, images }, "--namespace", "default"),
        refusal,
      );
    } finally {
      await scene.helm("uninstall", "instances-second", "--namespace", "default", "--ignore-not-found");
    }
    const daemonSets = await scene.kubectl(
      "get",
      "daemonsets",
      "--all-namespaces",
      "-l",
      "app.kubernetes.io/instance=instances-second",
      "-o",
      "name",
    );
    assert.equal(daemonSets, "", "nothing of the second release runs");

    // The twin: the same release under a name of its own, though only by its case.
    await scene.install("instances-second", { instanceName: "instances.one", images });
    await labelled("instances.one", "succeeded");
    assert.deepEqual(changesSince(from), [[keyOf("instances.one")]], "the first was never touched");
  });
});
