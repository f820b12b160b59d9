import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { type LeakSearch, openLeakSearch } from "./support/leaks.ts";
import { untilPrefetchEnded } from "./support/prefetch-end.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

// What an image's name can have.
const planted = `secret-${randomBytes(8).toString("hex")}`;
const other = `secret-${randomBytes(8).toString("hex")}`;
const release = "leaks";

describe("the search for leaks", () => {
  let scene: Scene;
  let forPlanted: LeakSearch;
  let forOther: LeakSearch;
  before(async () => {
    scene = await openScene("leaks", 1);
    forPlanted = openLeakSearch(scene, [{ user: "alice", secret: planted }]);
    forOther = openLeakSearch(scene, [{ user: "alice", secret: other }]);
    const involvedObject = { kind: "Pod", name: "leaks", namespace: "leaks" };
    const metadata = { name: "leaks" };
    await scene.apply({ apiVersion: "v1", kind: "Event", metadata, involvedObject, message: planted });
    // One that is not there: its failure is told wherever failures are told.
    const images = [`${testCluster().registry}/leaks/${planted}:1`];
    await scene.install(release, { images, pull: { onFailure: "continue" } });
    await untilPrefetchEnded(scene, release);
  });
  after(async () => {
    forPlanted?.[Symbol.dispose]();
    forOther?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  it("finds a secret wherever it was planted, and does not tell it", async () => {
    const places = [
      "a ControllerRevision",
      "a DaemonSet",
      "a Node",
      "a log",
      "a pod, its termination message included",
      "an event",
      "helm get all",
      "the process's arguments",
    ];
    assert.deepEqual(await forPlanted.placesOf(release), places);
    await assert.rejects(forPlanted.assertNone(release), {
      message: `a secret stands in ${places.join(", ")}`,
    });
  });

  it("finds nothing of a secret that is nowhere", () => forOther.assertNone(release));

  it("does not speak for a release whose agent it has not seen", async () => {
    await assert.rejects(forOther.assertNone("another"), /no process of another's agent was seen/);
  });
});
