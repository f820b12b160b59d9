import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AuditedRequest } from "./audited-requests.ts";
import { faultKinds } from "./fault-draw.ts";
import { fleetBars } from "./fleet-bars.ts";
import type { FleetResults } from "./fleet-results.ts";
import { fleetTables } from "./fleet-tables.ts";
import { isCpuGrowthMissed } from "./growth-bars.ts";

type Plain = FleetResults["plain"][number];
type Faulted = FleetResults["faulted"][number];

const request: AuditedRequest = { verb: "patch", nodeName: "node-1", status: 200, receivedAtMs: 0 };
const noFaults = { marks: [], foreign: [] };

/** A wave that costs 10 ms, 20 kB and three requests for each node. */
function waveOf(nodes: number, change: Partial<Plain> = {}): Plain {
  const cost = {
    apiServerCpuMs: 10 * nodes,
    etcdCpuMs: nodes,
    etcdPutBytes: 20_000 * nodes,
    etcdInUseBytes: 21_000 * nodes,
  };
  return {
    nodes,
    nodeBytes: 20_000,
    measuredBytes: 20_100,
    wallMs: 1_000,
    writeP50Ms: 10,
    writeP99Ms: 30,
    cost,
    faults: noFaults,
    broken: [],
    sent: 3 * nodes,
    received: Array.from({ length: 3 * nodes }, () => request),
    otherRequests: [],
    driver: { cpuMs: 100, lagP99Ms: 2 },
    ...change,
  };
}

const injected = Object.fromEntries(faultKinds.map((kind) => [kind, 1])) as Faulted["injected"];
const faultedWave = (change: Partial<Faulted> = {}): Faulted => ({
  ...waveOf(100, { received: [request, { ...request, status: 409 }] }),
  injected,
  ...change,
});
const good: FleetResults = {
  plain: [waveOf(100), waveOf(500)],
  again: [],
  faulted: [faultedWave()],
  outages: [],
  ways: [],
};

/** What the bars that are missed are about. */
function missedIn(results: Partial<FleetResults>, isQuick = true): readonly string[] {
  return fleetBars({ ...good, ...results }, isQuick)
    .filter(({ isReached }) => !isReached)
    .map(({ what, seen }) => `${what}: ${seen}`);
}

describe("fleetBars()", () => {
  it("are all reached where all went well, and all but the CPU's growth fail the command else", () => {
    assert.deepEqual(missedIn({}), []);
    const bars = fleetBars(good, false);
    assert.deepEqual(
      bars.filter(({ isGate }) => !isGate).map(({ what }) => what),
      ["API server CPU per label at 500 nodes of 20 kB, to that at 100"],
    );
    assert.ok(fleetBars(good, true).every(({ isGate }) => isGate));
  });

  it("are missed by one wrong or lost label, with or without faults or after an outage, and by an agent that failed", () => {
    const faults = { marks: ["node-7: lost"], foreign: [] };
    const outage = { nodes: 5, awayMs: 1, afterMs: 1, peakPerSecond: 1, received: 1, throttled: 0, faults };
    for (const results of [
      { plain: [waveOf(100, { faults })] },
      { faulted: [faultedWave({ faults })] },
      { outages: [{ ...outage, nodeBytes: 1, measuredBytes: 1 }] },
      { faulted: [faultedWave({ broken: ["node-7: lost"] })] },
    ]) {
      const missed = missedIn(results);
      assert.equal(missed.length, 1);
      assert.match(missed[0] ?? "", /^every node ends with its label.*1 exceptions.*node-7: lost/);
    }
  });

  it("are missed by another's label that was touched", () => {
    const faults = { marks: [], foreign: ["node-7: other"] };
    assert.match(missedIn({ faulted: [faultedWave({ faults })] }).join(), /^no other label.*node-7: other$/);
  });

  it("are missed by one request too many without faults, and by any other verb", () => {
    const otherRequests = ["node-7: 3 sent and 3 received, not 2"];
    assert.match(missedIn({ plain: [waveOf(100, { otherRequests })] }).join(), /^without faults exactly 2/);
    const received = [{ ...request, verb: "get" }];
    assert.match(missedIn({ plain: [waveOf(100, { received })] }).join(), /^agents send nothing but patches/);
  });

  it("are missed where a kind of fault, or a true conflict, has not come", () => {
    const { late: _late, ...others } = injected;
    assert.match(missedIn({ faulted: [faultedWave({ injected: others })] }).join(), /never late$/);
    assert.match(missedIn({ faulted: [faultedWave({ received: [request] })] }).join(), /0 times 409/);
  });

  it("are missed by costs that grow faster than the fleet, with a wider margin when it is quick", () => {
    const costly = (times: number) => {
      const wave = waveOf(500);
      return [
        waveOf(100),
        { ...wave, cost: { ...wave.cost, apiServerCpuMs: times * wave.cost.apiServerCpuMs } },
      ];
    };
    assert.equal(missedIn({ plain: costly(2) }, true).length, 0);
    assert.match(missedIn({ plain: costly(2) }, false).join(), /^API server CPU per label .*: 2\.00$/);
    assert.equal(missedIn({ plain: costly(2.3) }, true).length, 1);
    const wave = waveOf(500);
    const larger = { ...wave, cost: { ...wave.cost, etcdPutBytes: 2.3 * wave.cost.etcdPutBytes } };
    assert.match(missedIn({ plain: [waveOf(100), larger] }).join(), /^etcd bytes per label .*: 2\.30$/);
  });
});

describe("the growth of CPU that was measured once more", () => {
  const wavesOf = (times: number, change: Partial<Plain> = {}) => {
    const { cost, ...wave } = waveOf(500, change);
    return [waveOf(100), { ...wave, cost: { ...cost, apiServerCpuMs: times * cost.apiServerCpuMs } }];
  };

  it("is worth it beyond the quick bench's bar alone", () => {
    assert.deepEqual(
      [2.2, 2.3].map((times) => isCpuGrowthMissed(wavesOf(times))),
      [false, true],
    );
  });

  it("goes by the second time, and says both", () => {
    const cpuBar = (again: number) =>
      fleetBars({ ...good, plain: wavesOf(3), again: wavesOf(again) }, true).find(({ what }) =>
        what.startsWith("API server CPU"),
      );
    assert.deepEqual([cpuBar(2)?.isReached, cpuBar(2)?.seen], [true, "3.00, once more 2.00"]);
    assert.equal(cpuBar(2.3)?.isReached, false);
  });

  it("excuses neither a label nor a request of either time", () => {
    const change = { broken: ["node-7: lost"], otherRequests: ["node-7: 3 sent"] };
    for (const results of [
      { plain: wavesOf(3, change), again: wavesOf(1) },
      { plain: wavesOf(3), again: wavesOf(1, change) },
    ])
      assert.equal(missedIn(results).length, 2);
  });

  it("is in the table beside the first", () => {
    const [plain] = fleetTables({ ...good, again: wavesOf(1) });
    assert.deepEqual(
      plain?.rows.slice(1).map(([nodes]) => nodes),
      ["100", "500", "100, once more", "500, once more", "10,000 (extrapolated)"],
    );
  });
});

describe("the bar of the ways to write", () => {
  const wayOf = (name: string, apiServerCpuMs: number) => {
    const { cost, nodeBytes, measuredBytes } = waveOf(100);
    return { name, requests: 2, nodes: 100, nodeBytes, measuredBytes, cost: { ...cost, apiServerCpuMs } };
  };

  it("is missed where the agent's way costs more than GET and PUT, and fails nothing", () => {
    const of = (agentMs: number) => {
      const ways = [wayOf("the agent: so", agentMs), wayOf("GET, then PUT", 100)];
      return fleetBars({ ...good, ways }, true).at(-1);
    };
    assert.deepEqual([of(180)?.isReached, of(180)?.seen, of(180)?.isGate], [false, "1.80", false]);
    assert.equal(of(90)?.isReached, true);
  });
});

describe("fleetTables()", () => {
  it("mark what is extrapolated, and say nothing of what was not run", () => {
    const [plain, faulted, ...others] = fleetTables(good);
    assert.deepEqual(plain?.rows.at(-1), [
      ...["10,000 (extrapolated)", "20 kB", "-", "-", "10.0 ms", "1.0 ms", "20.0 kB", "21.0 kB", "3.00", "-"],
    ]);
    assert.match(faulted?.title ?? "", /429, 409, 500/);
    assert.equal(others.length, 0);
    for (const { rows } of fleetTables(good)) assert.ok(rows.every((row) => row.length === rows[0]?.length));
  });
});
