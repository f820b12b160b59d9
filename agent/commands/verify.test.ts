import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FleetReport } from "../fleet/fleet-report.ts";
import type { VerifySettings } from "../settings.ts";
import {
  annotationOf,
  createFakeFleetApi,
  type FakeFleetApi,
  fleetDaemonSetOf,
  fleetPodOf,
  mark,
} from "../testing/fake-fleet-api.ts";
import { verify } from "./verify.ts";

const settings: VerifySettings = {
  namespace: "default",
  release: "a",
  instance: undefined,
  revision: undefined,
  minPercent: 100,
  includesNotReady: false,
  output: "table",
  context: undefined,
  kubeconfig: undefined,
};

const run = (
  api: FakeFleetApi,
  changed: Partial<VerifySettings> = {},
  signal = new AbortController().signal,
) => verify({ ...settings, ...changed }, { api, program: "prefetcher" }, signal);

/** Release `a`, with that many nodes that say `succeeded`. */
function fleetOf(count: number): FakeFleetApi {
  const api = createFakeFleetApi();
  api.daemonSetsThere.push(fleetDaemonSetOf("a", { desired: count }));
  for (let index = 0; index < count; index += 1) {
    mark(api.addNode(`node-${index}`), "a", "default/a");
    api.podsThere.push(fleetPodOf("a", `node-${index}`));
  }
  return api;
}

/** The report, with the exit code that goes with it. */
async function reportOf(
  api: FakeFleetApi,
  expectedCode: number,
  changed: Partial<VerifySettings> = {},
): Promise<FleetReport> {
  const result = await run(api, changed);
  assert.ok(result.kind === "report", JSON.stringify(result));
  assert.equal(result.exitCode, expectedCode);
  return result.report;
}

async function assertStopped(
  api: FakeFleetApi,
  expected: { readonly exitCode: number; readonly message: string },
): Promise<void> {
  assert.deepEqual(await run(api), { kind: "stopped", ...expected });
}

function failOn(api: FakeFleetApi, name: string): void {
  const annotation = annotationOf("default/a", {
    verdict: "failed",
    present: 0,
    failed: [{ image: "x", reason: "not_found" }],
  });
  api.nodesThere.get(name)?.write("image-prefetcher.stackrox.io/a", "failed", annotation);
}

describe("verify()", () => {
  it("ends with 0 where every node has the list", async () => {
    const report = await reportOf(fleetOf(3), 0);
    assert.deepEqual([report.percent, report.counts.succeeded, report.problems], [100, 3, []]);
  });

  it("ends with 1 where a node failed, and says what", async () => {
    const api = fleetOf(3);
    failOn(api, "node-1");
    const { nodes, percent } = await reportOf(api, 1);
    assert.equal(percent, 66);
    assert.deepEqual(nodes[0], {
      name: "node-1",
      state: "failed",
      isReady: true,
      isCounted: true,
      revision: "1-0123456789ab",
      entries: 1,
      present: 0,
      failed: [{ image: "x", reason: "not_found" }],
    });
    await reportOf(api, 0, { minPercent: 66 });
  });

  it("ends with 1 where something is wrong with the release, whatever its nodes say", async () => {
    const api = fleetOf(1);
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { args: [...fleetDaemonSetOf("a").args, "--sample"] });
    assert.equal((await reportOf(api, 1)).problems.length, 1);
  });

  it("looks at nodes that are not Ready only if it is told to", async () => {
    const api = fleetOf(2);
    failOn(api, "node-1");
    const node = api.nodesThere.get("node-1");
    assert.ok(node);
    node.isReady = false;
    await reportOf(api, 0);
    await reportOf(api, 1, { includesNotReady: true });
  });

  it("wants the revision of the DaemonSet, unless it is told another", async () => {
    assert.equal((await reportOf(fleetOf(1), 0)).revision, "1-0123456789ab");
    const other = await reportOf(fleetOf(1), 1, { revision: "1-ffffffffffff" });
    assert.deepEqual([other.revision, other.counts.outdated], ["1-ffffffffffff", 1]);
    assert.equal(other.problems.length, 2);
  });

  it("names commands for the cluster that it was pointed to", async () => {
    const api = fleetOf(1);
    mark(api.addNode("node-0"), "a", "default/other");
    const result = await run(api, { context: "c", kubeconfig: "k" });
    assert.ok(result.kind === "report", JSON.stringify(result));
    assert.match(result.report.nodes[0]?.why ?? "", /cleanup .* --context c --kubeconfig k$/);
  });

  it("looks into the context's namespace where none is given", async () => {
    const api = fleetOf(1);
    const args = [...fleetDaemonSetOf("a").args, "--owner=context/a"];
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { namespace: "context", args });
    const result = await run(api, { namespace: undefined });
    assert.equal(result.kind, "report");
    assert.equal(api.calls[0], "daemonSets context/a");
  });

  it("looks at the DaemonSet of the instance that it is told, where the release has several", async () => {
    const api = fleetOf(2);
    const args = ["prefetch", "--instance=other", "--owner=default/a", "--revision=1-0123456789ab"];
    const former = { name: "former", isBeingDeleted: true };
    api.daemonSetsThere.push(fleetDaemonSetOf("a", { name: "second", args }), fleetDaemonSetOf("a", former));
    assert.equal((await reportOf(api, 0, { instance: "a" })).daemonSet, "a-prefetcher");
    const second = await reportOf(api, 1, { instance: "other" });
    assert.deepEqual([second.daemonSet, second.instance], ["second", "other"]);
  });

  it("finds it by what its agents are told, and not by its name", async () => {
    const api = fleetOf(1);
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { name: "other" });
    const report = await reportOf(api, 0);
    assert.deepEqual([report.release, report.daemonSet], ["a", "other"]);
  });

  it("asks for no more than the percentage that it is told where pods are missing too", async () => {
    const api = fleetOf(3);
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { desired: 4 });
    const few = "DaemonSet default/a-prefetcher has a pod on 3 of the 4 nodes it chooses";
    const enough = await reportOf(api, 0, { minPercent: 75 });
    assert.deepEqual([enough.percent, enough.absent, enough.notes[0]], [75, 1, few]);
    assert.equal((await reportOf(api, 1, { minPercent: 76 })).problems[0], few);
  });

  it("passes over a DaemonSet that is being deleted", async () => {
    const api = fleetOf(1);
    api.daemonSetsThere.unshift(fleetDaemonSetOf("a", { name: "former", isBeingDeleted: true }));
    assert.equal((await reportOf(api, 0)).daemonSet, "a-prefetcher");
  });

  it("keeps little of 5,000 nodes", async () => {
    const api = fleetOf(5_000);
    const { nodes, percent } = await reportOf(api, 0);
    assert.deepEqual([nodes.length, percent], [5_000, 100]);
    assert.equal(api.calls.filter((call) => call.startsWith("nodesWithStatus")).length, 20);
    assert.ok(JSON.stringify(nodes).length < 5_000 * 200);
  });
});

describe("verify() ends with 2", () => {
  it("where there is no DaemonSet of the release", () =>
    assertStopped(createFakeFleetApi(), {
      exitCode: 2,
      message:
        "there is no DaemonSet whose container prefetch has --owner=default/a; --namespace and --release name another",
    }));

  it("where it is being deleted", async () => {
    const api = createFakeFleetApi();
    api.daemonSetsThere.push(fleetDaemonSetOf("a", { isBeingDeleted: true }));
    await assertStopped(api, { exitCode: 2, message: "the DaemonSet of release default/a is being deleted" });
  });

  it("where there are several", async () => {
    const api = fleetOf(1);
    api.daemonSetsThere.push(fleetDaemonSetOf("a", { name: "other" }));
    await assertStopped(api, {
      exitCode: 2,
      message:
        "release default/a has several DaemonSets: a-prefetcher (a), other (a); choose one by --instance",
    });
  });

  it("where none of them has the instance", async () => {
    const api = fleetOf(1);
    api.daemonSetsThere.push(fleetDaemonSetOf("a", { name: "other", args: ["--owner=default/a"] }));
    assert.deepEqual(await run(api, { instance: "b" }), {
      kind: "stopped",
      exitCode: 2,
      message: "release default/a has no DaemonSet of instance b: a-prefetcher (a), other (of no instance)",
    });
  });

  for (const [what, fields] of [
    ["has not all of our arguments", { args: ["sleep", "--owner=default/a"] }],
    ["would select every pod", { selector: {} }],
  ] as const) {
    it(`where it ${what}`, async () => {
      const api = createFakeFleetApi();
      api.daemonSetsThere.push(fleetDaemonSetOf("a", fields));
      await assertStopped(api, {
        exitCode: 2,
        message:
          "DaemonSet default/a-prefetcher has no container prefetch with its arguments; is it this chart's?",
      });
    });
  }
});

describe("verify() that cannot ask", () => {
  for (const call of ["daemonSets", "pods", "nodesWithStatus"] as const) {
    it(`ends with 3 where ${call} is refused`, async () => {
      const api = fleetOf(1);
      api.always(call, 403);
      await assertStopped(api, { exitCode: 3, message: `cannot ${call} (HTTP 403)` });
    });
  }

  it("does not need to read events", async () => {
    const api = fleetOf(1);
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { desired: 2 });
    api.always("warnings", 403);
    assert.equal(
      (await reportOf(api, 1)).problems[0],
      "DaemonSet default/a-prefetcher has a pod on 1 of the 2 nodes it chooses",
    );
  });

  it("rejects with a bug as it is", async () => {
    const api = fleetOf(1);
    api.on("pods", new Error("bug"));
    await assert.rejects(run(api), /^Error: bug$/);
  });

  it("rejects with the signal's reason when it is interrupted", async () => {
    const api = fleetOf(1);
    api.always("nodesWithStatus", "hangs");
    const controller = new AbortController();
    const result = run(api, {}, controller.signal);
    controller.abort(new Error("interrupted"));
    await assert.rejects(result, /^Error: interrupted$/);
  });
});
