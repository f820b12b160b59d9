import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { storyClusters } from "../../test/story-clusters.ts";
import type { BenchOptions, Section } from "../section.ts";
import { runFaultedWave } from "./faulted-wave.ts";
import { kilobytes } from "./figures.ts";
import { fleetBars } from "./fleet-bars.ts";
import { fleetCurve } from "./fleet-curve.ts";
import { type FleetLab, openFleetLab } from "./fleet-lab.ts";
import { createNodes, deleteNodes, sizeOfNodes } from "./fleet-nodes.ts";
import { notesOf } from "./fleet-notes.ts";
import { type FleetPlan, fleetPlanOf } from "./fleet-plan.ts";
import type { FleetResults, NodeSize } from "./fleet-results.ts";
import { fleetTables } from "./fleet-tables.ts";
import { isCpuGrowthMissed } from "./growth-bars.ts";
import { runOutage } from "./outage.ts";
import { runWave, type Wave } from "./wave.ts";
import { costOfWay, writeWays } from "./write-ways.ts";

const curveFile = "fleet-curve.svg";

/**
 * Waves of virtual agents on a real API server and etcd, with and without faults, and after an outage. Leaves the curve as
 * `fleet-curve.svg` in the options' folder.
 */
export async function runFleet(options: BenchOptions): Promise<Section> {
  const plan = fleetPlanOf(options);
  const results = await resultsOf(plan, options);
  const isDrawn = results.plain.length > 0;
  if (isDrawn) {
    await mkdir(options.folder, { recursive: true });
    await writeFile(join(options.folder, curveFile), fleetCurve(results));
  }
  return {
    name: "fleet",
    tables: fleetTables(results),
    bars: fleetBars(results, options.isQuick),
    data: dataOf(results),
    notes: [...notesOf(plan, results), ...(isDrawn ? [`The curve: ${curveFile}`] : [])],
  };
}

interface Collected {
  readonly plain: FleetResults["plain"][number][];
  readonly again: FleetResults["again"][number][];
  readonly faulted: FleetResults["faulted"][number][];
  readonly outages: FleetResults["outages"][number][];
  readonly ways: FleetResults["ways"][number][];
}

async function resultsOf(plan: FleetPlan, options: BenchOptions): Promise<FleetResults> {
  const results: Collected = { plain: [], again: [], faulted: [], outages: [], ways: [] };
  const name = options.isQuick ? storyClusters.quickFleet : "bench-fleet";
  await using lab = await openFleetLab({ name, signal: options.signal });
  const rollouts = countFrom(1);
  let made = 0;
  for (const { bytes, stages } of plan.sizes) {
    if (made > 0) await deleteNodes(lab.objects);
    made = 0;
    for (const stage of stages) {
      options.signal.throwIfAborted();
      await createNodes(lab.objects, { from: made, to: stage.nodes, bytes });
      made = stage.nodes;
      const size = { nodeBytes: bytes, measuredBytes: await sizeOfNodes(lab.objects) };
      await runStage(lab, { stage, size, rollouts, plan }, options, results);
    }
  }
  if (options.isQuick && isCpuGrowthMissed(results.plain)) {
    options.log("fleet: API server CPU grew too fast: once more, since the machine may have been busy");
    for (const { nodes, nodeBytes, measuredBytes } of results.plain) {
      const size = { nodeBytes, measuredBytes };
      results.again.push(await runPlainWave(lab, { nodes, size, rollouts, plan }, options));
    }
  }
  return results;
}

interface StageRun {
  readonly stage: FleetPlan["sizes"][number]["stages"][number];
  readonly size: NodeSize;
  /** The next rollout's number with each call. */
  readonly rollouts: () => number;
  readonly plan: FleetPlan;
}

async function runStage(
  lab: FleetLab,
  { stage, size, rollouts, plan }: StageRun,
  options: BenchOptions,
  results: Collected,
): Promise<void> {
  const { nodes, parts } = stage;
  const { log, seed, signal } = options;
  const of = `${nodes} nodes of ${kilobytes(size.nodeBytes)}`;
  const { pullMs } = plan;
  if (parts.includes("plain")) {
    results.plain.push(await runPlainWave(lab, { nodes, size, rollouts, plan }, options));
  }
  if (parts.includes("faults")) {
    const wanted = { nodes, rollout: rollouts(), atOnce: plan.atOnceWithFaults, pullMs, signal };
    const wave = await runFaultedWave(lab, wanted, seed);
    log(`fleet: ${of}, with faults: ${figuresOf(wave)}`);
    results.faulted.push({ ...wave, ...size });
  }
  if (parts.includes("ways")) {
    const written = Math.min(nodes, plan.nodesOfWays);
    for (const way of writeWays) {
      const cost = await costOfWay(lab, way, { nodes: written, round: rollouts(), signal });
      results.ways.push({ name: way.name, requests: way.requests, nodes: written, cost, ...size });
    }
  }
  if (parts.includes("outage")) {
    const outage = await runOutage(lab, { nodes, rollout: rollouts(), awayMs: plan.awayMs, signal });
    log(`fleet: ${of}, after an outage: ${outage.peakPerSecond} requests per second at most`);
    results.outages.push({ ...outage, ...size });
  }
}

async function runPlainWave(
  lab: FleetLab,
  { nodes, size, rollouts, plan }: Omit<StageRun, "stage"> & { readonly nodes: number },
  { log, signal }: BenchOptions,
): Promise<Collected["plain"][number]> {
  const { atOnce, pullMs } = plan;
  const wave = await runWave(lab, { nodes, rollout: rollouts(), atOnce, pullMs, signal });
  log(`fleet: ${nodes} nodes of ${kilobytes(size.nodeBytes)}: ${figuresOf(wave)}`);
  return { ...wave, ...size };
}

function figuresOf({ nodes, wallMs, writeP50Ms, writeP99Ms, cost, sent, faults }: Wave): string {
  return [
    `${(wallMs / 1000).toFixed(1)} s`,
    `write p50 ${writeP50Ms.toFixed(0)} ms and p99 ${writeP99Ms.toFixed(0)} ms`,
    `API server CPU ${(cost.apiServerCpuMs / nodes).toFixed(1)} ms per label`,
    `${(sent / nodes).toFixed(2)} requests per agent`,
    `${faults.marks.length + faults.foreign.length} wrong`,
  ].join(", ");
}

function countFrom(first: number): () => number {
  let next = first;
  return () => {
    next += 1;
    return next - 1;
  };
}

/** The results without the single requests, of which there are tens of thousands. */
function dataOf({ plain, again, faulted, outages, ways }: FleetResults): object {
  const withoutRequests = <Waves extends FleetResults["plain"][number]>({ received, ...wave }: Waves) => ({
    ...wave,
    received: received.length,
  });
  return {
    plain: plain.map(withoutRequests),
    again: again.map(withoutRequests),
    faulted: faulted.map(withoutRequests),
    outages,
    ways,
  };
}
