import type { Clock } from "../clock.ts";
import type { DaemonSet, DoctorApi, NewPod, NodeStatus } from "../doctor-api.ts";
import { type DoctorReport, type Examined, reportFrom } from "../doctor-report.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { KubeError } from "../kube-error.ts";
import type { DoctorSettings } from "../settings.ts";
import { podFrom } from "./doctor-pod.ts";
import { untilPodEnded } from "./doctor-wait.ts";

/** The world outside the process. */
export interface DoctorDependencies {
  readonly api: DoctorApi;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Says something to the user while the doctor is at work. */
  readonly tell: (line: string) => void;
}

/** What the doctor comes to: a report, or a sentence that says why there is none. */
export type DoctorResult =
  | { readonly kind: "report"; readonly exitCode: ExitCode; readonly report: DoctorReport }
  | { readonly kind: "stopped"; readonly exitCode: ExitCode; readonly message: string };

/**
 * Has one pod look at the node, made from the release's DaemonSet and deleted afterwards, whatever comes; where it cannot be, the user is
 * told how to. Rejects only when `signal` aborts, with its reason, once that is done.
 */
export async function doctor(
  settings: DoctorSettings,
  dependencies: DoctorDependencies,
  signal: AbortSignal,
): Promise<DoctorResult> {
  const { api } = dependencies;
  const namespace = settings.namespace ?? api.namespace;
  try {
    const daemonSet = chosenFrom(await api.daemonSets(namespace, signal), namespace, settings.release);
    if (typeof daemonSet === "string") return usage(daemonSet);
    const node = await nodeNamed(settings.node, api, signal);
    if (node === "missing") return usage(`the cluster has no node ${settings.node}`);
    const name = podNameFor(daemonSet, dependencies.random);
    const pod = podFrom(daemonSet, { name, ...settings });
    const { name: set } = daemonSet.metadata;
    if (pod === undefined)
      return usage(
        `DaemonSet ${namespace}/${set} has no container prefetch with its arguments; is it this chart's?`,
      );
    const report = reportFrom(
      await examine({ settings, namespace, daemonSet, node, pod }, dependencies, signal),
    );
    const code = report.problems.length === 0 ? exitCode.done : exitCode.failed;
    return { kind: "report", exitCode: code, report };
  } catch (error) {
    if (signal.aborted || !(error instanceof KubeError)) throw error;
    return { kind: "stopped", exitCode: exitCode.unwritten, message: error.message };
  }
}

function usage(message: string): DoctorResult {
  return { kind: "stopped", exitCode: exitCode.usage, message };
}

/** The one DaemonSet that is meant, or a sentence that says what there is to choose from. */
function chosenFrom(
  found: readonly DaemonSet[],
  namespace: string,
  release: string | undefined,
): DaemonSet | string {
  const releases = found.map((daemonSet) => `${namespace}/${releaseOf(daemonSet)}`).join(", ");
  const fitting = found.filter((daemonSet) => release === undefined || releaseOf(daemonSet) === release);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  if (only !== undefined)
    return `namespace ${namespace} has several releases; choose one by --release: ${releases}`;
  if (found.length === 0)
    return `namespace ${namespace} has no DaemonSet with the label app.kubernetes.io/part-of=image-prefetcher; --namespace names another`;
  return `namespace ${namespace} has no release ${release}; it has ${releases}`;
}

function releaseOf({ metadata }: DaemonSet): string {
  return metadata.labels?.["app.kubernetes.io/instance"] ?? metadata.name;
}

/** The node; `unknown` where the user may not read nodes, which is no reason to stop. */
async function nodeNamed(
  name: string,
  api: DoctorApi,
  signal: AbortSignal,
): Promise<NodeStatus | "missing" | "unknown"> {
  try {
    return await api.node(name, signal);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.status === 404) return "missing";
    if (error.status === 403) return "unknown";
    throw error;
  }
}

// A pod's name has 63 characters where its host name is to be the same.
const longestSetName = 48;

/** Generated here and not by the API server: whatever becomes of the request, the pod can be deleted by its name. */
function podNameFor({ metadata }: DaemonSet, random: () => number): string {
  const suffix = Math.floor(random() * 36 ** 6)
    .toString(36)
    .padStart(6, "0");
  return `${metadata.name.slice(0, longestSetName)}-doctor-${suffix}`;
}

interface Case {
  readonly settings: DoctorSettings;
  readonly namespace: string;
  readonly daemonSet: DaemonSet;
  readonly node: NodeStatus | "unknown";
  readonly pod: NewPod;
}

async function examine(
  { settings, namespace, daemonSet, node, pod }: Case,
  dependencies: DoctorDependencies,
  signal: AbortSignal,
): Promise<Examined> {
  const { api, clock } = dependencies;
  const { name } = pod.metadata;
  const about = { node: settings.node, daemonSet: `${namespace}/${daemonSet.metadata.name}` };
  const problems = [...(await problemsOfSet(settings.node, namespace, daemonSet, api, signal))];
  return withPod(namespace, pod, dependencies, signal, async () => {
    const end = await untilPodEnded(api, clock, { namespace, name, timeoutMs: settings.timeoutMs }, signal);
    if (end.kind === "looked") return { ...about, problems, log: await api.podLog(namespace, name, signal) };
    const notReady = node !== "unknown" && !node.isReady ? "; the node is not Ready" : "";
    problems.push(`the agent's pod does not come to work on node ${settings.node}: ${end.why}${notReady}`);
    return { ...about, problems };
  });
}

async function problemsOfSet(
  node: string,
  namespace: string,
  { metadata, spec }: DaemonSet,
  api: DoctorApi,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    if ((await api.podsOnNode(namespace, spec.selector.matchLabels ?? {}, node, signal)) > 0) return [];
  } catch (error) {
    // Who may create pods may still not be one who may list them.
    if (error instanceof KubeError && error.status === 403) return [];
    throw error;
  }
  return [
    `DaemonSet ${namespace}/${metadata.name} has no pod on node ${node}: its nodeSelector, affinity or tolerations leave the node out, or no pod can be created there`,
  ];
}

/**
 * What `use` comes to while the pod is there; it is deleted before this settles. A pod that was refused is none of the doctor's, and one
 * of that name somebody else's. Where no answer to the creation came, the pod is deleted too; should the creation arrive after that, the
 * pod stays, and its own deadline ends its container.
 */
async function withPod<Result>(
  namespace: string,
  pod: NewPod,
  { api, tell }: DoctorDependencies,
  signal: AbortSignal,
  use: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  // Neither creation nor deletion is cut off: a request that is cancelled may have arrived.
  const uncut = new AbortController().signal;
  const { name } = pod.metadata;
  const remove = async (leftBehind: string) => {
    await api.deletePod(namespace, name, uncut).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      tell(`${leftBehind}: ${why}. kubectl delete pod --namespace ${namespace} ${name}`);
    });
  };
  try {
    await api.createPod(namespace, pod, uncut);
  } catch (error) {
    if (!isRefusal(error)) await remove("the pod may be left behind");
    throw error;
  }
  try {
    tell(`pod ${namespace}/${name} looks at the node`);
    return await use();
  } finally {
    await remove("the pod is left behind");
  }
}

/** Whether the API server said no, and that is all that became of the request. */
function isRefusal(error: unknown): boolean {
  return error instanceof KubeError && error.status !== undefined && error.status < 500;
}
