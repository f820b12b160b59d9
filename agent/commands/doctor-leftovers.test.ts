import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDoctorWorld } from "../testing/doctor-world.ts";
import type { DoctorResult } from "./doctor.ts";

const podName = "my-images-prefetcher-doctor-i00000";
const waiting = {
  answer: { phase: "Pending", containerStatuses: [{ state: { waiting: { reason: "ContainerCreating" } } }] },
};

function messageOf(result: DoctorResult): string {
  assert.ok(result.kind === "stopped", JSON.stringify(result));
  return result.message;
}

describe("doctor() deletes its pod", () => {
  for (const status of [0, 500, 504]) {
    it(`where the answer to its creation is ${status}, since it may be there`, async () => {
      const { api, told, finish } = createDoctorWorld();
      api.on("createPod", status);
      assert.equal(messageOf(await finish()), `cannot createPod (HTTP ${status})`);
      assert.equal(api.calls.at(-1), `deletePod context/${podName}`);
      assert.deepEqual(told, []);
    });
  }

  it("or says that it may be there where neither was answered", async () => {
    const { api, told, finish } = createDoctorWorld();
    api.on("createPod", 0);
    api.on("deletePod", 0);
    assert.equal(messageOf(await finish()), "cannot createPod (HTTP 0)");
    assert.deepEqual(told, [
      `the pod may be left behind: cannot deletePod (HTTP 0). kubectl delete pod --namespace context ${podName}`,
    ]);
  });

  for (const status of [403, 409, 422, 429]) {
    it(`not where the answer to its creation is ${status}: there is none, or it is somebody else's`, async () => {
      const { api, told, finish } = createDoctorWorld();
      api.on("createPod", status);
      api.on("deletePod", 403);
      assert.equal(messageOf(await finish()), `cannot createPod (HTTP ${status})`);
      assert.equal(api.calls.at(-1), "createPod context");
      assert.deepEqual(told, []);
    });
  }

  it("where its creation comes to what is nobody's answer", async () => {
    const { api, finish } = createDoctorWorld();
    const bug = new Error("a bug");
    api.on("createPod", bug);
    await assert.rejects(finish(), bug);
    assert.equal(api.calls.at(-1), `deletePod context/${podName}`);
  });

  it("where it is interrupted, before it rejects", async () => {
    const { api, clock, start } = createDoctorWorld();
    api.always("podStatus", waiting);
    const controller = new AbortController();
    const reason = new Error("told to end");
    const rejects = assert.rejects(start({}, controller.signal), reason);
    await clock.advance(1_200);
    controller.abort(reason);
    await rejects;
    assert.equal(api.pods.size, 0);
    assert.equal(clock.pendingCount(), 0);
  });

  it("or says how to where it cannot", async () => {
    const { api, told, finish } = createDoctorWorld();
    api.on("deletePod", 500);
    assert.equal((await finish()).exitCode, 0);
    assert.equal(
      told.at(-1),
      `the pod is left behind: cannot deletePod (HTTP 500). kubectl delete pod --namespace context ${podName}`,
    );
  });

  it("or creates none where it is interrupted before", async () => {
    const { api, start } = createDoctorWorld();
    const controller = new AbortController();
    const reason = new Error("told to end");
    api.on("podsOnNode", "hangs");
    const rejects = assert.rejects(start({}, controller.signal), reason);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    await rejects;
    assert.deepEqual(api.created, []);
  });
});
