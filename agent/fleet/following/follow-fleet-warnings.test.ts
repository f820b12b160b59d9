import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { fleetPodOf } from "../../testing/fake-fleet-api.ts";
import { type FollowedFleetWorld, useFollowedFleetWorld } from "../../testing/followed-fleet-world.ts";

describe("followFleet(), of pods that do not start,", () => {
  const world = useFollowedFleetWorld();
  let { api, clock, states, follow, heard } = {} as FollowedFleetWorld;
  beforeEach(() => {
    ({ api, clock, states, follow, heard } = world());
    api.podsThere[0] = starting;
  });

  const startingSince = "2026-01-02T03:00:00Z";
  const starting = fleetPodOf("a", "n1", { phase: "Pending", startingSince });
  const warn = (message: string) =>
    api.podWarningsThere.splice(0, 1, {
      ...{ pod: starting.name, reason: "FailedMount", message },
      seenAtMs: Date.parse("2026-01-02T03:01:00Z"),
    });
  const asked = () => api.calls.filter((call) => call.startsWith("podWarnings ")).length;
  const said = () => states.map(({ releases }) => releases[0]?.pods[0]?.waiting);

  it("asks why, every ten seconds, and tells only what is new", async () => {
    warn("no secret");
    await follow();
    await clock.advance(250);
    assert.deepEqual(said(), [undefined, "FailedMount: no secret"]);
    await clock.advance(9_749);
    assert.equal(asked(), 1);
    await clock.advance(1);
    assert.deepEqual([asked(), states.length], [2, 2]);
    warn("no directory");
    await clock.advance(10_250);
    assert.deepEqual(said().slice(2), ["FailedMount: no directory"]);
  });

  it("does not ask more often, however many changes there are", async () => {
    await follow();
    for (let change = 1; change <= 10; change += 1) {
      const isStarting = change % 2 === 0;
      api.podsThere[0] = isStarting ? starting : fleetPodOf("a", "n1", { phase: `${change}` });
      await heard();
    }
    assert.deepEqual([asked(), states.length], [1, 11]);
  });

  it("asks nothing once it has begun, and says nothing of it any more", async () => {
    warn("no secret");
    await follow();
    await clock.advance(250);
    api.podsThere[0] = fleetPodOf("a", "n1");
    await heard();
    assert.equal(said().at(-1), undefined);
    await clock.advance(60_000);
    assert.equal(asked(), 1);
    api.on("podWarnings", "hangs");
    api.podsThere[0] = starting;
    await heard();
    assert.deepEqual([asked(), said().at(-1)], [2, undefined]);
  });

  it("goes on without where events may not be read", async () => {
    api.always("podWarnings", 403);
    await follow();
    await clock.advance(10_000);
    assert.deepEqual([asked(), said()], [2, [undefined]]);
  });
});
