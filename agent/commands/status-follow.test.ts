import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { FleetScope } from "../fleet/fleet-state.ts";
import { followFleet } from "../fleet/following/follow-fleet.ts";
import { readFleet } from "../fleet/read-fleet.ts";
import type { StatusReport } from "../fleet/status-report.ts";
import { statusSettings } from "../status-flags.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import {
  createFakeFleetApi,
  type FakeFleetApi,
  fleetDaemonSetOf,
  fleetPodOf,
  mark,
} from "../testing/fake-fleet-api.ts";
import { type StatusResult, status } from "./status.ts";

describe("status() that waits for what it follows", () => {
  let api: FakeFleetApi;
  let clock: FakeClock;
  let shown: StatusReport[];
  beforeEach(() => {
    api = createFakeFleetApi();
    clock = createFakeClock();
    shown = [];
    api.addNode("n1");
    api.daemonSetsThere.push(fleetDaemonSetOf("a"));
    api.podsThere.push(fleetPodOf("a", "n1"));
  });

  const wait = (timeoutMs = 600_000): Promise<StatusResult> => {
    const settings = {
      ...statusSettings({ "min-percent": 100 }),
      namespace: "default",
      waits: true,
      timeoutMs,
    };
    const dependencies = {
      program: "prefetcher",
      namespace: "default",
      clock,
      show: (report: StatusReport) => void shown.push(report),
      readFleet: (scope: FleetScope, signal: AbortSignal) => readFleet(api, scope, signal),
      followFleet: (scope: FleetScope, signal: AbortSignal) => followFleet(api, scope, clock, signal),
    };
    return status(settings, dependencies, new AbortController().signal);
  };
  const succeed = (release: string) => {
    const node = api.nodesThere.get("n1");
    assert.ok(node);
    mark(node, release, `default/${release}`);
    api.changed();
  };
  const heard = async () => {
    api.changed();
    await clock.advance(250);
  };
  const codeOf = async (result: Promise<StatusResult>) => {
    const { kind, exitCode } = await clock.finish(result);
    return `${kind} ${exitCode}`;
  };

  it("does not end before the pods of a release that has come are known", async () => {
    const result = wait();
    await clock.advance(0);
    api.on("followPods", "hangs");
    api.daemonSetsThere.push(fleetDaemonSetOf("b"));
    await heard();
    succeed("a");
    await heard();
    const last = () => shown.at(-1)?.releases.map(({ release, percent }) => `${release} ${percent}`);
    assert.deepEqual(last(), ["a 100"]);
    await clock.advance(60_000);
    succeed("b");
    api.podsThere.push(fleetPodOf("b", "n1"));
    // Another selector has its pods followed anew.
    const labels = fleetPodOf("b", "n1").labels;
    const { "app.kubernetes.io/instance": instance = "" } = labels;
    api.daemonSetsThere[1] = fleetDaemonSetOf("b", { selector: { "app.kubernetes.io/instance": instance } });
    api.changed();
    assert.equal(await codeOf(result), "report 0");
    assert.deepEqual(last(), ["a 100", "b 100"]);
  });

  it("does not take a DaemonSet that was made anew for none", async () => {
    const result = wait();
    await clock.advance(0);
    api.on("followPods", 503);
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { name: "anew" });
    await heard();
    succeed("a");
    assert.equal(await codeOf(result), "report 0");
    assert.equal(shown.at(-1)?.releases[0]?.daemonSet, "anew");
  });

  it("does not take the labels of a former list for those of one whose pods were not made yet", async () => {
    succeed("a");
    const args = ["--instance=a", "--owner=default/a", "--revision=1-ffffffffffff"];
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", {
      args,
      generation: 2,
      observedGeneration: 2,
      updated: 0,
    });
    assert.equal(await codeOf(wait()), "report 1");
    assert.deepEqual(
      [shown.at(-1)?.releases[0]?.counts.outdated, shown.at(-1)?.releases[0]?.percent],
      [1, 0],
    );
  });

  it("does not take a pod on a former node for one that a chosen node lacks", async () => {
    succeed("a");
    const dead = api.addNode("dead");
    dead.isReady = false;
    mark(dead, "a", "default/a");
    api.podsThere.push(fleetPodOf("a", "dead", { isBeingDeleted: true }));
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { desired: 2, current: 1, misscheduled: 1 });
    assert.equal(await codeOf(wait()), "report 1");
    assert.equal(shown.at(-1)?.releases[0]?.absent, 1);
  });

  it("says since when not all changes are heard of, until they are", async () => {
    const result = wait();
    clock.setDate(new Date("2026-01-02T03:04:05Z"));
    await clock.advance(0);
    for (const method of ["followNodes", "followPods"] as const) {
      await clock.advance(60_000);
      api.disturb(method, `no ${method}`);
      await clock.advance(0);
    }
    await clock.advance(60_000);
    await heard();
    assert.deepEqual(
      shown.map(({ interruptions, interruptedSince }) => [interruptions, interruptedSince]),
      [
        [[], undefined],
        [["no followNodes"], "2026-01-02T03:05:05.000Z"],
        [["no followNodes", "no followPods"], "2026-01-02T03:05:05.000Z"],
        [[], undefined],
      ],
    );
    succeed("a");
    assert.equal(await codeOf(result), "report 0");
  });

  it("believes a DaemonSet that is heard of before its pods are", async () => {
    api.addNode("n2");
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { desired: 2 });
    api.podsThere.push(fleetPodOf("a", "n2"));
    const result = wait();
    await clock.advance(0);
    // The pod on n2 is gone, of which nothing is heard yet, and n2 succeeded before.
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { desired: 2, current: 1 });
    for (const node of api.nodesThere.values()) mark(node, "a", "default/a");
    await heard();
    assert.equal(shown.at(-1)?.releases[0]?.absent, 1);
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { desired: 2 });
    api.changed();
    assert.equal(await codeOf(result), "report 0");
  });

  it("says why nothing was heard, though the time was up before half a minute", async () => {
    api.always("followPods", 403);
    assert.deepEqual(await clock.finish(wait(5_000)), {
      kind: "stopped",
      exitCode: 3,
      message: "nothing was heard of the releases within 5 s: cannot followPods (HTTP 403)",
    });
    assert.equal(clock.nowMs(), 5_000);
  });
});
