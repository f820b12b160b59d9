import type { Bar } from "../section.ts";
import { faultKinds } from "./fault-draw.ts";
import type { FleetResults } from "./fleet-results.ts";
import { growthBars } from "./growth-bars.ts";
import type { NodeFaults } from "./node-check.ts";
import { getAndPut } from "./write-ways.ts";

/** The bars of the fleet; those that need waves which were not run are left out. */
export function fleetBars(results: FleetResults, isQuick: boolean): readonly Bar[] {
  return [
    rightBar(results),
    foreignBar(results),
    requestsBar(results),
    verbBar(results),
    injectedBar(results),
    ...growthBars(results, isQuick),
    wayBar(results),
  ].flatMap((bar) => bar ?? []);
}

function rightBar({ plain, again, faulted, outages }: FleetResults): Bar | undefined {
  const all = [...plain, ...again, ...faulted, ...outages];
  if (all.length === 0) return undefined;
  const wrong = [
    ...all.flatMap(({ faults }) => faults.marks),
    ...[...plain, ...again, ...faulted].flatMap(({ broken }) => broken),
  ];
  const nodes = all.reduce((sum, each) => sum + each.nodes, 0);
  return count("every node ends with its label and annotation, faults and outage included", wrong, nodes);
}

function foreignBar({ plain, again, faulted, outages }: FleetResults): Bar | undefined {
  const all: readonly { nodes: number; faults: NodeFaults }[] = [...plain, ...again, ...faulted, ...outages];
  if (all.length === 0) return undefined;
  const touched = all.flatMap(({ faults }) => faults.foreign);
  const nodes = all.reduce((sum, each) => sum + each.nodes, 0);
  return count("no other label or annotation of a Node is touched", touched, nodes);
}

function requestsBar({ plain, again }: FleetResults): Bar | undefined {
  const waves = [...plain, ...again];
  if (waves.length === 0) return undefined;
  const others = waves.flatMap(({ otherRequests }) => otherRequests);
  const nodes = waves.reduce((sum, wave) => sum + wave.nodes, 0);
  return count("without faults exactly 2 requests, 4 where something is pulled", others, nodes);
}

function verbBar({ plain, again, faulted }: FleetResults): Bar | undefined {
  const received = [...plain, ...again, ...faulted].flatMap((wave) => wave.received);
  if (received.length === 0) return undefined;
  const others = received.flatMap(({ verb, nodeName }) => (verb === "patch" ? [] : `${nodeName}: ${verb}`));
  return count("agents send nothing but patches of Nodes", others, received.length, "requests");
}

function injectedBar({ faulted }: FleetResults): Bar | undefined {
  if (faulted.length === 0) return undefined;
  const missing = faultKinds.filter((kind) => faulted.every(({ injected }) => (injected[kind] ?? 0) === 0));
  const conflicts = faulted.flatMap(({ received }) => received).filter(({ status }) => status === 409).length;
  const seen = faulted.map(({ injected }) => Object.values(injected).reduce((sum, each) => sum + each, 0));
  return {
    what: "every kind of fault has befallen requests, and the API server itself has said 409",
    bar: `all ${faultKinds.length} kinds, 409 at least once`,
    seen: `${seen.reduce((sum, each) => sum + each, 0)} faults, ${conflicts} times 409${missing.length === 0 ? "" : `; never ${missing.join(", ")}`}`,
    isReached: missing.length === 0 && conflicts > 0,
    isGate: true,
  };
}

function wayBar({ ways }: FleetResults): Bar | undefined {
  const agent = ways.find(({ name }) => name.startsWith("the agent"));
  const common = ways.find(({ name }) => name === getAndPut);
  if (agent === undefined || common === undefined) return undefined;
  const times = agent.cost.apiServerCpuMs / agent.nodes / (common.cost.apiServerCpuMs / common.nodes);
  return {
    what: "API server CPU of a label as the agent writes it, to that of GET and PUT",
    bar: "1 at most",
    seen: times.toFixed(2),
    isReached: times <= 1,
    isGate: false,
  };
}

/** A bar that one exception misses; the first of them are told. */
function count(what: string, exceptions: readonly string[], of: number, unit = "nodes"): Bar {
  const told = exceptions.slice(0, 3).map((each) => `; ${each}`);
  return {
    what,
    bar: "no exception",
    seen: `${exceptions.length} exceptions, ${of} ${unit}${told.join("")}`,
    isReached: exceptions.length === 0,
    isGate: true,
  };
}
