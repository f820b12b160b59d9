import { nameOf } from "../../e2e/support/status-fleet.ts";
import type { Agents, AgentsReport } from "./agents.ts";
import { apiServerIdle } from "./api-server-idle.ts";
import { type AuditedRequest, allAuditedSince, lengthOfAudit } from "./audited-requests.ts";
import { type ControlPlaneCost, costBetween, costSoFar } from "./control-plane-cost.ts";
import { percentile } from "./figures.ts";
import type { FleetLab } from "./fleet-lab.ts";
import { faultsOf, type NodeFaults } from "./node-check.ts";
import { expectations, kindOf, revisionOfRollout } from "./node-plan.ts";

/** What a wave is: a new list for nodes 0 to `nodes` - 1. */
export interface WaveOptions {
  readonly nodes: number;
  /** From 1; each wave has one of its own. */
  readonly rollout: number;
  readonly atOnce: number;
  /** How long each pull takes. */
  readonly pullMs: number;
  /** Those that run it; by default the lab's, which ask the API server itself. */
  readonly agents?: Agents;
  /**
   * Returns once whatever has to happen before the Nodes are looked at has happened, with how many requests the API server has answered; by
   * default as many as the agents sent.
   */
  readonly settled?: () => Promise<number>;
  readonly signal: AbortSignal;
}

/** What a wave came to. */
export interface Wave {
  readonly nodes: number;
  readonly wallMs: number;
  readonly writeP50Ms: number;
  readonly writeP99Ms: number;
  readonly cost: ControlPlaneCost;
  readonly faults: NodeFaults;
  /** Of agents that ended with something else than 0: what they said. */
  readonly broken: readonly string[];
  /** How many requests the agents sent, and how many of them the API server's audit log has. */
  readonly sent: number;
  readonly received: readonly AuditedRequest[];
  /** Nodes whose agent needed other requests than a round without faults does; a sentence each. */
  readonly otherRequests: readonly string[];
  /** The processor time of the process in which the agents ran, and the 99th percentile of how late its timers were. */
  readonly driver: Pick<AgentsReport, "cpuMs" | "lagP99Ms">;
}

/** Runs a wave on Nodes that are there, and looks at every Node before and after it. */
export async function runWave(lab: FleetLab, options: WaveOptions): Promise<Wave> {
  const { cluster, objects } = lab;
  const { nodes, rollout, atOnce, pullMs, agents = lab.agents, settled, signal } = options;
  const numbers = Array.from({ length: nodes }, (_, number) => number);
  const nodesBefore = await objects.nodes();
  const auditBefore = lengthOfAudit(cluster.auditLog);
  await apiServerIdle(cluster, signal);
  const costBefore = await costSoFar(cluster);
  const report = await agents.run({ numbers, rollout, atOnce, pullMs });
  const cost = costBetween(costBefore, await costSoFar(cluster));
  const sent = report.runs.reduce((sum, { requests }) => sum + requests, 0);
  const answered = (await settled?.()) ?? sent;
  const isAll = (requests: readonly AuditedRequest[]) => requests.length >= answered;
  const faults = await faultsAfter(lab, options, nodesBefore);
  const received = await allAuditedSince(cluster.auditLog, auditBefore, isAll);
  return {
    nodes,
    cost,
    faults,
    ...figuresOf(report),
    sent,
    received,
    otherRequests: otherRequestsIn(report, rollout, received),
  };
}

/** What is wrong with the Nodes of a wave that has ended. */
export async function faultsAfter(
  { objects }: FleetLab,
  { nodes, rollout }: Pick<WaveOptions, "nodes" | "rollout">,
  before: Awaited<ReturnType<FleetLab["objects"]["nodes"]>>,
): Promise<NodeFaults> {
  const names = Array.from({ length: nodes }, (_, number) => nameOf(number));
  const numberOf = new Map(names.map((name, number) => [name, number]));
  return faultsOf(names, before, await objects.nodes(), {
    revision: revisionOfRollout(rollout),
    of: (name) => expectations[kindOf(numberOf.get(name) ?? 0, rollout)],
  });
}

function figuresOf({ runs, wallMs, cpuMs, lagP99Ms }: AgentsReport) {
  const writesMs = runs.flatMap(({ writeMs }) => writeMs ?? []);
  return {
    wallMs,
    writeP50Ms: percentile(writesMs, 50),
    writeP99Ms: percentile(writesMs, 99),
    broken: runs
      .filter(({ exitCode }) => exitCode !== 0)
      .map(({ number, exitCode, message }) => `${nameOf(number)}: ended with ${exitCode}: ${message}`),
    driver: { cpuMs, lagP99Ms },
  };
}

function otherRequestsIn(
  { runs }: AgentsReport,
  rollout: number,
  received: readonly AuditedRequest[],
): readonly string[] {
  const receivedOf = new Map<string, number>();
  for (const { nodeName } of received) receivedOf.set(nodeName, (receivedOf.get(nodeName) ?? 0) + 1);
  return runs.flatMap(({ number, requests }) => {
    const due = expectations[kindOf(number, rollout)].requests;
    const came = receivedOf.get(nameOf(number)) ?? 0;
    if (requests === due && came === due) return [];
    return `${nameOf(number)}: ${requests} sent and ${came} received, not ${due}`;
  });
}
