import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FleetScope, FleetState } from "../fleet/fleet-state.ts";
import type { StatusReport } from "../fleet/status-report.ts";
import { KubeError } from "../kube-error.ts";
import type { StatusSettings } from "../settings.ts";
import { statusSettings } from "../status-flags.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { fleetState, markedNode, releaseState } from "../testing/status-world.ts";
import { type StatusResult, status } from "./status.ts";

const settings: StatusSettings = { ...statusSettings({ "min-percent": 100 }), namespace: "default" };
const release = releaseState("a", ["node-1"]);
const well = fleetState([markedNode("node-1", { a: "default/a" })], [release]);
const working = fleetState([markedNode("node-1")], [release]);
const empty = fleetState([], []);
const refusal = new KubeError("cannot list the Nodes (HTTP 403)", 403);

interface Run {
  readonly clock: FakeClock;
  readonly shown: StatusReport[];
  readonly scopes: FleetScope[];
  readonly result: Promise<StatusResult>;
}

/** Where the states end they are followed by `failure`, or by nothing until the signal aborts. */
function run(
  changed: Partial<StatusSettings>,
  states: readonly FleetState[],
  {
    failure,
    signal = new AbortController().signal,
  }: { readonly failure?: Error; readonly signal?: AbortSignal } = {},
): Run {
  const clock = createFakeClock();
  const shown: StatusReport[] = [];
  const scopes: FleetScope[] = [];
  const dependencies = {
    program: "prefetcher",
    namespace: "context",
    clock,
    show: (report: StatusReport) => void shown.push(report),
    readFleet: async (scope: FleetScope) => {
      scopes.push(scope);
      if (failure !== undefined) throw failure;
      return states[0] ?? empty;
    },
    followFleet: async function* (scope: FleetScope, stop: AbortSignal) {
      scopes.push(scope);
      yield* states;
      if (failure !== undefined) throw failure;
      await new Promise((_, reject) => {
        if (stop.aborted) reject(stop.reason);
        stop.addEventListener("abort", () => reject(stop.reason));
      });
    },
  };
  return { clock, shown, scopes, result: status({ ...settings, ...changed }, dependencies, signal) };
}

const codeOf = async ({ result }: Run) => {
  const { kind, exitCode } = await result;
  return `${kind} ${exitCode}`;
};

describe("status() that looks once", () => {
  it("ends with 0, whatever it sees, and shows it", async () => {
    const looked = run({}, [working]);
    const result = await looked.result;
    assert.ok(result.kind === "report");
    assert.deepEqual([result.exitCode, result.report.releases[0]?.counts.working], [0, 1]);
    assert.deepEqual(looked.shown, [result.report]);
    assert.equal(result.report.takenAt, "2026-01-02T03:04:05.000Z");
  });

  it("asks about the namespace that is given, that of the context, or all", async () => {
    const namespaceOf = async (changed: Partial<StatusSettings>) => {
      const looked = run(changed, [empty]);
      await looked.result;
      return looked.scopes.map(({ namespace }) => namespace);
    };
    assert.deepEqual(await namespaceOf({}), ["default"]);
    assert.deepEqual(await namespaceOf({ namespace: undefined }), ["context"]);
    assert.deepEqual(await namespaceOf({ namespace: undefined, includesAllNamespaces: true }), [undefined]);
  });

  it("ends with 2 where the release is not there", async () => {
    const looked = run({ release: "x" }, [empty]);
    const result = await looked.result;
    assert.ok(result.kind === "stopped");
    assert.match(result.message, /^there is no DaemonSet of this chart of release x in namespace default/);
    assert.deepEqual([result.exitCode, looked.shown], [2, []]);
  });

  it("holds the nodes against the settings, and names the context where it says what to do", async () => {
    const state = fleetState([markedNode("node-1", { x: "default/gone" })], [release]);
    const result = await run({ revision: "1-ffffffffffff", context: "c" }, [state]).result;
    assert.ok(result.kind === "report");
    assert.equal(result.report.releases[0]?.revision, "1-ffffffffffff");
    assert.match(result.report.notes[0] ?? "", /--context c$/);
  });

  it("ends with 3 where the API server says no, and rejects with a bug", async () => {
    assert.deepEqual(await run({}, [], { failure: refusal }).result, {
      kind: "stopped",
      exitCode: 3,
      message: "cannot list the Nodes (HTTP 403)",
    });
    await assert.rejects(run({}, [], { failure: new Error("bug") }).result, /^Error: bug$/);
  });
});

describe("status() that waits", () => {
  it("ends with 0 at the first state without a problem", async () => {
    const waited = run({ waits: true }, [working, well, working]);
    assert.equal(await codeOf(waited), "report 0");
    assert.deepEqual(
      waited.shown.map(({ releases }) => releases[0]?.percent),
      [0, 100],
    );
    assert.equal(waited.clock.pendingCount(), 0);
  });

  it("waits for all releases", async () => {
    const other = releaseState("b", ["node-1"]);
    const half = { ...well, releases: [release, other] };
    const both = fleetState([markedNode("node-1", { a: "default/a", b: "default/b" })], [release, other]);
    const waited = run({ waits: true }, [half, both]);
    assert.equal(await codeOf(waited), "report 0");
    assert.equal(waited.shown.length, 2);
  });

  it("does not take for well what is not heard of, nor what is no DaemonSet of ours", async () => {
    const strange = releaseState("a", [], { selector: {} });
    const states = [{ ...well, interruptions: ["x"] }, { ...well, releases: [strange] }, well];
    const waited = run({ waits: true }, states);
    assert.equal(await codeOf(waited), "report 0");
    assert.equal(waited.shown.length, 3);
  });

  it("ends with 1 and the last report when the time is up", async () => {
    const waited = run({ waits: true, timeoutMs: 90_000 }, [working]);
    await waited.clock.advance(89_999);
    assert.equal(waited.clock.pendingCount(), 1);
    await waited.clock.advance(1);
    const result = await waited.result;
    assert.ok(result.kind === "report");
    assert.deepEqual([result.exitCode, result.report], [1, waited.shown[0]]);
  });

  it("ends with 3 when nothing was heard until then", async () => {
    const waited = run({ waits: true, timeoutMs: 90_000 }, []);
    assert.deepEqual(await waited.clock.finish(waited.result), {
      kind: "stopped",
      exitCode: 3,
      message: "nothing was heard of the releases within 90 s",
    });
  });

  it("waits for releases whose pods are not known yet", async () => {
    const waited = run({ waits: true }, [{ ...well, pending: [releaseState("b", []).daemonSet] }, well]);
    assert.equal(await codeOf(waited), "report 0");
    assert.equal(waited.shown.length, 2);
  });

  it("ends with 2 where there is nothing to wait for, from the start or any more", async () => {
    assert.equal(await codeOf(run({ waits: true }, [empty])), "stopped 2");
    assert.equal(await codeOf(run({ waits: true }, [working, empty])), "stopped 2");
  });

  it("ends with 3 where the API server says no", async () =>
    assert.equal(await codeOf(run({ waits: true }, [working], { failure: refusal })), "stopped 3"));

  it("rejects with the signal's reason when it is interrupted", async () => {
    const controller = new AbortController();
    const waited = run({ waits: true }, [working], { signal: controller.signal });
    await waited.clock.advance(0);
    controller.abort(new Error("interrupted"));
    await assert.rejects(waited.result, /^Error: interrupted$/);
    assert.equal(waited.clock.pendingCount(), 0);
  });

  it("rejects with a bug as it is", () =>
    assert.rejects(run({ waits: true }, [working], { failure: new Error("bug") }).result, /^Error: bug$/));
});

describe("status() that watches", () => {
  it("shows each state, well or not, and ends with 0 when it is interrupted", async () => {
    const controller = new AbortController();
    const watched = run({ watches: true }, [well, working, empty], { signal: controller.signal });
    await watched.clock.advance(24 * 60 * 60_000);
    assert.equal(watched.shown.length, 3);
    controller.abort(new Error("interrupted"));
    const result = await watched.result;
    assert.ok(result.kind === "report");
    assert.deepEqual([result.exitCode, result.report], [0, watched.shown[2]]);
  });

  it("rejects when it is interrupted before it has seen anything", async () => {
    const controller = new AbortController();
    const watched = run({ watches: true }, [], { signal: controller.signal });
    controller.abort(new Error("interrupted"));
    await assert.rejects(watched.result, /^Error: interrupted$/);
  });

  it("ends with 2 where the release is not there, and with 3 where the API server says no", async () => {
    assert.equal(await codeOf(run({ watches: true, release: "x" }, [empty])), "stopped 2");
    assert.equal(await codeOf(run({ watches: true }, [well], { failure: refusal })), "stopped 3");
  });
});
