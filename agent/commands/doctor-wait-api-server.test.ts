import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KubeError } from "../kube-error.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createFakeDoctorApi, type FakeDoctorApi } from "../testing/fake-doctor-api.ts";
import { untilPodEnded } from "./doctor-wait.ts";

const never = new AbortController().signal;
const creating = {
  answer: { phase: "Pending", containerStatuses: [{ state: { waiting: { reason: "ContainerCreating" } } }] },
};
const mount = { type: "Warning", reason: "FailedMount", message: 'secret "x" not found' };

describe("untilPodEnded(), where the API server lets it see nothing,", () => {
  const pod = { namespace: "ns", name: "pod", timeoutMs: 20_000 };
  const wait = (api: FakeDoctorApi) => {
    const clock = createFakeClock();
    return clock.finish(untilPodEnded(api, clock, pod, never));
  };

  it("rejects with its last word", async () => {
    const api = createFakeDoctorApi("");
    api.on("podStatus", 0, 429);
    api.always("podStatus", 503);
    await assert.rejects(wait(api), {
      name: "KubeError",
      message: "cannot podStatus (HTTP 503)",
      status: 503,
    });
  });

  it("rejects with its last word on the events, without which nothing was seen", async () => {
    const api = createFakeDoctorApi("");
    api.always("podStatus", creating);
    api.always("podEvents", 500);
    await assert.rejects(wait(api), { name: "KubeError", message: "cannot podEvents (HTTP 500)" });
  });

  it("rejects at once where the login fails, as each look would log in anew", async () => {
    const api = createFakeDoctorApi("");
    const error = new KubeError("no", undefined, { lasting: "login" });
    api.on("podStatus", 0, error);
    await assert.rejects(wait(api), error);
  });

  it("says so where it had no word at all", async () => {
    const api = createFakeDoctorApi("");
    api.always("podStatus", "hangs");
    const message = "the API server did not say within 20 s (--timeout) what the pod does";
    await assert.rejects(wait(api), { name: "KubeError", message, status: undefined });
  });

  it("says what it saw where it saw something, before or after", async () => {
    const seen = creating;
    for (const steps of [
      [seen, 503],
      [503, seen],
    ]) {
      const api = createFakeDoctorApi("");
      api.on("podStatus", ...steps);
      api.on("podEvents", { answer: [mount] });
      api.always("podStatus", 0);
      const why = 'FailedMount: secret "x" not found; waited for 20 s (--timeout)';
      assert.deepEqual(await wait(api), { kind: "stuck", why });
    }
  });
});
