import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keyOf } from "../../node-record.ts";
import { fleetPodOf } from "../../testing/fake-fleet-api.ts";
import { fleetState, markedNode, releaseState } from "../../testing/status-world.ts";
import type { FleetScope, FleetState, ReleaseState } from "../fleet-state.ts";
import { leftoversOf } from "./leftovers.ts";

const inDefault: FleetScope = { namespace: "default", release: undefined, instance: undefined };
const everywhere: FleetScope = { ...inDefault, namespace: undefined };
const args = (owner: string, instance: string) => [`--owner=${owner}`, `--instance=${instance}`];

/** What is left on node-2, as `kind` of `instance`. */
function left(
  marks: Readonly<Record<string, string | undefined>>,
  releases: readonly ReleaseState[],
  scope = inDefault,
): readonly string[] {
  return leftoversOf(fleetState([markedNode("node-2", marks)], releases), scope).map(
    ({ instance, kind }) => `${instance} ${kind}`,
  );
}

describe("leftoversOf()", () => {
  it("has nothing where a release has a pod, be it one that is being deleted", () => {
    assert.deepEqual(left({ a: "default/a" }, [releaseState("a", ["node-2"])]), []);
    const leaving = { ...releaseState("a", ["node-1"]), pods: [fleetPodOf("a", "node-1")] };
    const pods = [...leaving.pods, fleetPodOf("a", "node-2", { isBeingDeleted: true })];
    assert.deepEqual(left({ a: "default/a" }, [{ ...leaving, pods }]), []);
  });

  it("has a node that the release does not choose", () => {
    assert.deepEqual(left({ a: "default/a" }, [releaseState("a", ["node-1"])]), ["a not-chosen"]);
    assert.deepEqual(left({ a: "default/a" }, [releaseState("a", [])]), ["a not-chosen"]);
  });

  it("says whose it is, and what the label says", () => {
    const found = leftoversOf(
      fleetState([markedNode("node-2", { a: "default/a" })], [releaseState("a", [])]),
      inDefault,
    );
    const mark = { node: "node-2", instance: "a", key: keyOf("a"), label: "succeeded", owner: "default/a" };
    assert.deepEqual(found, [{ ...mark, kind: "not-chosen" }]);
  });

  it("has an annotation that stands alone", () => {
    const node = { ...markedNode("node-2", { a: "default/gone" }), labels: {} };
    const [found] = leftoversOf(fleetState([node], []), inDefault);
    assert.deepEqual([found?.kind, found !== undefined && "label" in found], ["no-release", false]);
  });

  it("has an instance that the release no longer has", () =>
    assert.deepEqual(left({ a: "default/a", old: "default/a" }, [releaseState("a", ["node-2"])]), [
      "old former-instance",
    ]));

  it("has none of an instance that the pod there is still told", () => {
    const { daemonSet } = releaseState("a", ["node-2"]);
    const former = {
      daemonSet,
      pods: [fleetPodOf("a", "node-2", { instance: "old" })],
      isInterrupted: false,
      failedCreate: undefined,
    };
    assert.deepEqual(left({ old: "default/a" }, [former]), []);
  });

  it("takes a DaemonSet that names no instance for one that may have any", () => {
    const any = releaseState("a", ["node-1"], { args: ["--owner=default/a"] });
    assert.deepEqual(left({ x: "default/a" }, [any]), ["x not-chosen"]);
  });

  for (const [what, fields] of [
    ["still makes pods", { desired: 2 }],
    ["has not been looked at by its controller", { generation: 2 }],
    ["is being deleted", { isBeingDeleted: true }],
  ] as const) {
    it(`has none of a release whose DaemonSet ${what}`, () => {
      const unsettled = [releaseState("a", ["node-1"], fields)];
      assert.deepEqual(left({ a: "default/a", old: "default/a", b: "default/b" }, unsettled), [
        "b no-release",
      ]);
      assert.deepEqual(left({ a: undefined }, unsettled), []);
    });
  }

  describe("of what is not known, or may be old by now,", () => {
    const nodes = [markedNode("node-2", { a: "default/a", old: "default/a", b: "default/b" })];
    const kinds = (found: Partial<FleetState>) =>
      leftoversOf({ ...fleetState(nodes, []), ...found }, inDefault).map(({ kind }) => kind);
    const { daemonSet, ...others } = releaseState("a", ["node-1"]);

    it("has none of a release whose pods are not known, nor of its instance", () => {
      assert.deepEqual(kinds({ pending: [daemonSet] }), ["no-release"]);
      const unowned = fleetState([markedNode("node-2", { a: undefined })], []);
      const other = releaseState("b", ["node-1"], { args: args("default/b", "a") });
      assert.deepEqual(leftoversOf({ ...unowned, releases: [other], pending: [daemonSet] }, everywhere), []);
    });

    it("has none of a release whose pods are not heard of", () => {
      assert.deepEqual(kinds({ releases: [{ daemonSet, ...others }] }).length, 3);
      assert.deepEqual(kinds({ releases: [{ daemonSet, ...others, isInterrupted: true }] }), ["no-release"]);
    });

    it("has none at all while nodes or DaemonSets are not heard of", () =>
      assert.deepEqual(kinds({ isInterrupted: true }), []));
  });

  describe("of a release with several instances", () => {
    const second = (nodeNames: readonly string[], desired = nodeNames.length) =>
      releaseState("a", nodeNames, { name: "second", args: args("default/a", "b"), desired });

    it("has an instance that neither has, and one of which no pod is there", () => {
      const both = [releaseState("a", ["node-1"]), second(["node-1"])];
      assert.deepEqual(left({ a: "default/a", b: "default/a", old: "default/a" }, both), [
        "a not-chosen",
        "b not-chosen",
        "old former-instance",
      ]);
    });

    it("has none while one of them still makes pods", () =>
      assert.deepEqual(
        left({ a: "default/a", old: "default/a" }, [releaseState("a", []), second([], 1)]),
        [],
      ));

    it("has none of either where one has a pod, as `cleanup --orphans` would remove none", () =>
      assert.deepEqual(left({ a: "default/a" }, [releaseState("a", ["node-1"]), second(["node-2"])]), []));
  });

  it("counts nodes, and not the pods on one, for whether all are there", () => {
    const { daemonSet } = releaseState("a", [], { desired: 2 });
    const pods = [fleetPodOf("a", "node-1"), fleetPodOf("a", "node-1"), fleetPodOf("a", undefined)];
    assert.deepEqual(
      left({ a: "default/a" }, [{ daemonSet, pods, isInterrupted: false, failedCreate: undefined }]),
      [],
    );
  });

  it("has what nobody's release is there for", () =>
    assert.deepEqual(left({ x: "default/gone" }, [releaseState("a", ["node-2"])]), ["x no-release"]));

  describe("of owners that were not asked about", () => {
    it("has none of another namespace, unless all are asked about", () => {
      assert.deepEqual(left({ x: "other/gone" }, []), []);
      assert.deepEqual(left({ x: "other/gone" }, [], everywhere), ["x no-release"]);
    });

    it("has none of another release", () => {
      const scope = { ...everywhere, release: "a" };
      assert.deepEqual(left({ x: "default/gone", y: "default/a" }, [], scope), ["y no-release"]);
    });

    it("has none of another instance, nor says that a release is gone whose others it does not know", () => {
      const scope = { ...inDefault, instance: "a" };
      assert.deepEqual(left({ x: "default/a", a: "default/a" }, [releaseState("a", [])], scope), [
        "a not-chosen",
      ]);
      assert.deepEqual(left({ a: "default/gone" }, [], scope), []);
    });
  });

  describe("of a label without an owner", () => {
    it("has it where no release of the instance has a pod", () => {
      assert.deepEqual(left({ a: undefined }, [releaseState("a", ["node-1"])]), ["a unowned"]);
      assert.deepEqual(left({ a: undefined }, [releaseState("a", ["node-2"])]), []);
    });

    it("has it of an instance that no release has only where all were asked about", () => {
      assert.deepEqual(left({ x: undefined }, [releaseState("a", ["node-2"])]), []);
      assert.deepEqual(left({ x: undefined }, [releaseState("a", ["node-2"])], everywhere), ["x unowned"]);
      assert.deepEqual(left({ x: undefined }, [], { ...everywhere, release: "a" }), []);
    });

    it("has none where another release of the instance has a pod", () => {
      const other = releaseState("b", ["node-2"], { args: args("default/b", "a") });
      assert.deepEqual(left({ a: undefined }, [releaseState("a", ["node-1"]), other]), []);
    });

    it("has none where only an annotation stands that is nobody's", () => {
      const node = { ...markedNode("node-2"), annotations: { [keyOf("x")]: "{" } };
      assert.deepEqual(leftoversOf(fleetState([node], []), everywhere), []);
    });
  });

  it("is in the order of nodes, then instances", () => {
    const marks = { z: "default/gone", b: "default/gone" };
    const nodes = [markedNode("node-2", marks), markedNode("node-1", marks)];
    assert.deepEqual(
      leftoversOf(fleetState(nodes, []), inDefault).map(({ node, instance }) => `${node} ${instance}`),
      ["node-1 b", "node-1 z", "node-2 b", "node-2 z"],
    );
  });
});
