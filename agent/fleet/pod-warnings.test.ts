import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFakeFleetApi, fleetDaemonSetOf, fleetPodOf } from "../testing/fake-fleet-api.ts";
import type { PodWarning } from "./fleet-api.ts";
import { withWarnings, withWarningsNow } from "./pod-warnings.ts";

const startingSince = "2026-01-02T03:00:00Z";
const pod = fleetPodOf("a", "n1", { name: "p", phase: "Pending", startingSince });
const noSecret = 'MountVolume.SetUp failed for volume "pull-secret-0" : secret "x" not found';

/** A warning so many seconds after the pod began to start. */
function after(seconds: number, message = noSecret, fields: Partial<PodWarning> = {}): PodWarning {
  const seenAtMs = Date.parse(startingSince) + seconds * 1000;
  return { pod: "p", reason: "FailedMount", message, seenAtMs, ...fields };
}

const waitingOf = (...warnings: readonly PodWarning[]) => withWarnings([pod], warnings)[0]?.waiting;

describe("withWarnings()", () => {
  it("says what keeps a pod from its start", () =>
    assert.equal(waitingOf(after(60)), `FailedMount: ${noSecret}`));

  it("says nothing of what is in the way of a start for a moment", () => {
    assert.equal(waitingOf(after(0), after(4)), undefined);
    assert.equal(waitingOf(after(5)), `FailedMount: ${noSecret}`);
    assert.equal(waitingOf(after(60, noSecret, { seenAtMs: Number.NaN })), undefined);
  });

  it("says nothing of another pod, of one that has begun, or of one that says itself what it waits for", () => {
    assert.equal(waitingOf(after(60, noSecret, { pod: "q" })), undefined);
    const others = [
      { ...pod, startingSince: undefined },
      { ...pod, waiting: "ErrImagePull" },
    ];
    assert.deepEqual(withWarnings(others, [after(60)]), others);
  });

  it("says the newest reason", () =>
    assert.equal(
      waitingOf(after(90, "no network", { reason: "FailedCreatePodSandBox" }), after(60)),
      "FailedCreatePodSandBox: no network",
    ));

  it("says the same of several that come in turn, and not what has not been said for long", () => {
    const [a, b] = ["a is missing", "b is missing"];
    assert.equal(waitingOf(after(60, a), after(90, b)), `FailedMount: ${a}`);
    assert.equal(waitingOf(after(120, a), after(90, b)), `FailedMount: ${a}`);
    assert.equal(waitingOf(after(60, a), after(241, b)), `FailedMount: ${b}`);
  });

  it("says what is wrong with a volume, and not that some volume is not there, where both are said", () => {
    const summary = "Unable to attach or mount volumes: unmounted volumes=[pull-secret-0]";
    assert.equal(waitingOf(after(60), after(120, summary)), `FailedMount: ${noSecret}`);
    assert.equal(waitingOf(after(120, summary)), `FailedMount: ${summary}`);
  });

  it("leaves out what is other at each try", () => {
    const image = `example.com/pause@sha256:${"b".repeat(64)}`;
    const said = (id: string) => `failed to start sandbox "${id}" of ${image}`;
    const counted = `(combined from similar events): ${said("a".repeat(64))}`;
    assert.equal(waitingOf(after(60, counted)), `FailedMount: ${said("…")}`);
  });

  it("keeps the very array where there is no warning", () => {
    const pods = [pod];
    assert.equal(withWarnings(pods, []), pods);
  });
});

describe("withWarningsNow()", () => {
  const never = new AbortController().signal;
  const now = (api: ReturnType<typeof createFakeFleetApi>, pods = [pod]) =>
    withWarningsNow(api, fleetDaemonSetOf("a"), pods, never);

  it("asks once, and only where a pod is starting", async () => {
    const api = createFakeFleetApi();
    api.podWarningsThere.push(after(60));
    const [first, second] = await now(api, [pod, { ...pod, name: "q" }]);
    assert.deepEqual([first?.waiting, second?.waiting], [`FailedMount: ${noSecret}`, undefined]);
    assert.deepEqual(api.calls, ["podWarnings default"]);
    await now(api, [{ ...pod, startingSince: undefined }]);
    assert.equal(api.calls.length, 1);
  });

  it("says nothing of it where events may not be read, and throws a bug", async () => {
    const api = createFakeFleetApi();
    api.on("podWarnings", 403, new TypeError("a bug"));
    assert.deepEqual(await now(api), [pod]);
    await assert.rejects(now(api), TypeError);
  });
});
