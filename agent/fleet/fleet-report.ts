import { countOf } from "../count-of.ts";
import { releaseOf } from "../owner.ts";
import type { VerifySettings } from "../settings.ts";
import type { JudgedNode, NodeState } from "./fleet-judgement.ts";
import type { FleetLook } from "./fleet-look.ts";
import { absenceOf, absentPodsOf, releaseProblemsOf } from "./fleet-problems.ts";
import { percentOf } from "./percent-of.ts";

/** What `prefetcher verify` found out; with `--output json` this is what it prints. */
export interface FleetReport {
  readonly v: 1;
  readonly release: string;
  readonly namespace: string;
  /** The DaemonSet's name. */
  readonly daemonSet: string;
  readonly instance: string;
  /** The key of the label and of the annotation. */
  readonly key: string;
  /** The revision that the nodes are to have. */
  readonly revision: string;
  /** How many of the nodes that count say `succeeded`, in percent, rounded down; 0 where none counts. */
  readonly percent: number;
  readonly minPercent: number;
  /** How many nodes are in which state; those that are left out are not among them. */
  readonly counts: Readonly<Record<NodeState, number>>;
  /** How many chosen nodes have no pod; they count, and have not succeeded. */
  readonly absent: number;
  /** How many nodes are left out, since they are not Ready. */
  readonly notReady: number;
  /** What is wrong first, then by name. */
  readonly nodes: readonly ReportedNode[];
  /** Why the release is not verified; it is where there is none. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

export interface ReportedNode extends JudgedNode {
  /** Whether it counts for the verdict; neither what is left out does, nor a node with nothing to do, nor one that is gone. */
  readonly isCounted: boolean;
}

/** What a look comes to under these settings. */
export function fleetReportFrom(
  look: FleetLook,
  { minPercent, includesNotReady }: Pick<VerifySettings, "minPercent" | "includesNotReady">,
): FleetReport {
  const { daemonSet, list, expectedRevision } = look;
  const isLeftOut = ({ isReady, state }: JudgedNode) => !isReady && !includesNotReady && state !== "missing";
  const leftOut = look.nodes.filter(isLeftOut);
  const counts = countsOf(look.nodes.filter((node) => !isLeftOut(node)));
  const isCounted = (node: JudgedNode) => !isLeftOut(node) && !countsNeitherWay.has(node.state);
  const nodes = look.nodes.map((node) => ({ ...node, isCounted: isCounted(node) })).sort(byWrongness);
  const absent = absentPodsOf(look);
  const counted = nodes.filter((node) => node.isCounted).length + absent;
  const tally = { counted, succeeded: counts.succeeded };
  const percent = percentOf(tally.succeeded, tally.counted);
  const verdict = { ...tally, percent, minPercent };
  const absence = absent === 0 ? [] : [absenceOf(look)];
  return {
    v: 1,
    release: releaseOf(list.owner).release,
    namespace: daemonSet.namespace,
    daemonSet: daemonSet.name,
    instance: list.instance,
    key: list.key,
    revision: expectedRevision,
    percent,
    minPercent,
    counts,
    absent,
    notReady: leftOut.length,
    nodes,
    problems: [
      ...releaseProblemsOf(look),
      ...(look.nodes.length > 0 && tally.counted === 0 ? [noneCounts(counts, leftOut.length)] : []),
      ...(percent < minPercent && tally.counted > 0 ? [...absence, tallyOf(verdict)] : []),
    ],
    notes: [
      ...(percent >= minPercent && tally.succeeded < tally.counted ? [...absence, tallyOf(verdict)] : []),
      ...namedNote("not Ready and left out", leftOut),
      ...namedNote(
        "gone, though a pod is still said to be there",
        nodes.filter(({ state }) => state === "missing"),
      ),
    ],
  };
}

const countsNeitherWay: ReadonlySet<NodeState> = new Set(["nothing-to-do", "missing"]);

/** In the order in which a person wants to read them. */
export const nodeStates: readonly NodeState[] = [
  "failed",
  "foreign",
  "unowned",
  "outdated",
  "working",
  "missing",
  "nothing-to-do",
  "succeeded",
];

function countsOf(nodes: readonly JudgedNode[]): Readonly<Record<NodeState, number>> {
  const counted = nodeStates.map((state) => [state, nodes.filter((node) => node.state === state).length]);
  return Object.fromEntries(counted) as Record<NodeState, number>;
}

function byWrongness(a: ReportedNode, b: ReportedNode): number {
  return rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1);
}

/** What counts and did not succeed, then what does not count, then what succeeded. */
function rankOf({ state, isCounted }: ReportedNode): number {
  const rank = nodeStates.indexOf(state);
  if (!isCounted) return rank + nodeStates.length;
  return state === "succeeded" ? rank + 2 * nodeStates.length : rank;
}

/** How many of the nodes that count succeeded, and how many have to. */
export interface PercentVerdict {
  readonly counted: number;
  readonly succeeded: number;
  readonly percent: number;
  readonly minPercent: number;
}

/** The sentence of a report whose nodes did not all succeed: among its problems where they are too few, else among its notes. */
export function tallyOf({ counted, succeeded, percent, minPercent }: PercentVerdict): string {
  const others = counted - succeeded;
  const verb = others === 1 ? "does" : "do";
  const bar = percent < minPercent ? "have to" : "are enough";
  return `${others} of ${countOf(counted, "node")} ${verb} not say \`succeeded\`: ${percent} % do, and ${minPercent} % ${bar}`;
}

function noneCounts(counts: Readonly<Record<NodeState, number>>, notReady: number): string {
  const idle = counts["nothing-to-do"];
  const reasons = [
    ...(notReady === 0 ? [] : [`${notReady} not Ready, which --include-not-ready would count`]),
    ...(idle === 0 ? [] : [`${idle} with nothing to do, as no required image is meant for them`]),
    ...(counts.missing === 0 ? [] : [`${counts.missing} gone`]),
  ];
  return `none of the nodes with a pod counts: ${reasons.join("; ")}`;
}

// As many as one reads; the JSON has them all.
const mostNamed = 10;

function namedNote(what: string, nodes: readonly JudgedNode[]): readonly string[] {
  if (nodes.length === 0) return [];
  const names = nodes.map(({ name }) => name).sort();
  const more = names.length > mostNamed ? [`and ${names.length - mostNamed} more`] : [];
  const named = [...names.slice(0, mostNamed), ...more].join(", ");
  return [`${countOf(nodes.length, "node")} ${nodes.length === 1 ? "is" : "are"} ${what}: ${named}`];
}
