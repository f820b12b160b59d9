import { type Judgement, judgementOf, type NodeFindings } from "./findings.ts";
import { findingsInLog } from "./findings-in-log.ts";

/** What `prefetcher doctor` found out; with `--output json` this is what it prints. */
export interface DoctorReport extends Judgement {
  readonly v: 1;
  readonly node: string;
  /** `<namespace>/<name>` */
  readonly daemonSet: string;
  /** What the pod on the node found; undefined where it could not look. */
  readonly findings?: NodeFindings;
}

/** What the doctor itself knows of the node. */
export interface Examined {
  readonly node: string;
  readonly daemonSet: string;
  readonly problems: readonly string[];
  /** What the pod wrote; undefined where it could not run, which is among the problems. */
  readonly log?: string;
}

/** The report: the doctor's own problems, then the pod's. */
export function reportFrom({ node, daemonSet, problems, log }: Examined): DoctorReport {
  const about = { v: 1, node, daemonSet } as const;
  if (log === undefined) return { ...about, problems, notes: [] };
  const findings = findingsInLog(log);
  if (findings === undefined) {
    return { ...about, problems: [...problems, noFindings(log)], notes: [] };
  }
  const judgement = judgementOf(findings);
  return { ...about, problems: [...problems, ...judgement.problems], notes: judgement.notes, findings };
}

// As much of what was written instead as a line bears.
const shownCharacters = 300;

function noFindings(log: string): string {
  const last = log.trim().split("\n").at(-1) ?? "";
  return `the pod on the node ended without findings; the last that it wrote is ${JSON.stringify(last.slice(0, shownCharacters))}`;
}
