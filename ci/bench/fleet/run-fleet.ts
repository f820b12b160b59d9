import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BenchOptions, Section } from "../section.ts";
import { runFaultedWave } from "./faulted-wave.ts";
import { fleetBars, kilobytes } from "./fleet-bars.ts";
import { fleetCurve } from "./fleet-curve.ts";
import { type FleetLab, openFleetLab } from "./fleet-lab.ts";
import { createNodes, deleteNodes, sizeOfNodes } from "./fleet-nodes.ts";
import { notesOf } from "./fleet-notes.ts";
import { type FleetPlan, fleetPlanOf } from "./fleet-plan.ts";
import type { FleetResults, NodeSize } from "./fleet-results.ts";
import { fleetTables } from "./fleet-tables.ts";
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
  readonly faulted: FleetResults["faulted"][number][];
  readonly outages: FleetResults["outages"][number][];
  readonly ways: FleetResults["ways"][number][];
}

async function resultsOf(plan: FleetPlan, options: BenchOptions): Promise<FleetResults> {
  const results: Collected = { plain: [], faulted: [], outages: [], ways: [] };
  await using lab = await openFleetLab(options.signal);
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
  { log, seed, signal }: BenchOptions,
  results: Collected,
): Promise<void> {
  const { nodes, parts } = stage;
  const of = `${nodes} nodes of ${kilobytes(size.nodeBytes)}`;
  const { pullMs } = plan;
  if (parts.includes("plain")) {
    const wave = await runWave(lab, { nodes, rollout: rollouts(), atOnce: plan.atOnce, pullMs });
    log(`fleet: ${of}: ${figuresOf(wave)}`);
    results.plain.push({ ...wave, ...size });
  }
  if (parts.includes("faults")) {
    const options = { nodes, rollout: rollouts(), atOnce: plan.atOnceWithFaults, pullMs };
    const wave = await runFaultedWave(lab, options, { seed, signal });
    log(`fleet: ${of}, with faults: ${figuresOf(wave)}`);
    results.faulted.push({ ...wave, ...size });
  }
  if (parts.includes("ways")) {
    const written = Math.min(nodes, plan.nodesOfWays);
    for (const way of writeWays) {
      const cost = await costOfWay(lab, way, { nodes: written, round: rollouts() });
      results.ways.push({ name: way.name, requests: way.requests, nodes: written, cost, ...size });
    }
  }
  if (parts.includes("outage")) {
    const outage = await runOutage(lab, { nodes, rollout: rollouts(), awayMs: plan.awayMs });
    log(`fleet: ${of}, after an outage: ${outage.peakPerSecond} requests per second at most`);
    results.outages.push({ ...outage, ...size });
  }
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
function dataOf({ plain, faulted, outages, ways }: FleetResults): object {
  const withoutRequests = <Waves extends FleetResults["plain"][number]>({ received, ...wave }: Waves) => ({
    ...wave,
    received: received.length,
  });
  return { plain: plain.map(withoutRequests), faulted: faulted.map(withoutRequests), outages, ways };
}
