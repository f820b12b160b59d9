// Why pods do not start, where only the events say so: no volume, no network.
import { KubeError } from "../kube-error.ts";
import type { FleetApi, FleetDaemonSet, FleetPod, PodWarning } from "./fleet-api.ts";

/** Whether warnings may say more of one of these pods than the pod itself. */
export function hasStarting(pods: readonly FleetPod[]): boolean {
  return pods.some(({ startingSince }) => startingSince !== undefined);
}

/** The warnings about the pods of the DaemonSet's namespace; none where they may not be read. */
export async function podWarnings(
  api: FleetApi,
  { namespace }: FleetDaemonSet,
  signal: AbortSignal,
): Promise<readonly PodWarning[]> {
  try {
    return await api.podWarnings(namespace, signal);
  } catch (error) {
    // That a pod has not begun is known without it, and not everybody may read events.
    if (error instanceof KubeError && error.lasting !== "login") return [];
    throw error;
  }
}

/** `withWarnings` of what is asked for once, and only where it may be of use. */
export async function withWarningsNow(
  api: FleetApi,
  daemonSet: FleetDaemonSet,
  pods: readonly FleetPod[],
  signal: AbortSignal,
): Promise<readonly FleetPod[]> {
  return hasStarting(pods) ? withWarnings(pods, await podWarnings(api, daemonSet, signal)) : pods;
}

/** The same pods, of which those that are starting wait for what the warnings say of them. */
export function withWarnings(
  pods: readonly FleetPod[],
  warnings: readonly PodWarning[],
): readonly FleetPod[] {
  if (warnings.length === 0) return pods;
  const byPod = Map.groupBy(warnings, ({ pod }) => pod);
  return pods.map((pod) => {
    const { startingSince, waiting } = pod;
    if (startingSince === undefined || waiting !== undefined) return pod;
    return { ...pod, waiting: obstacleIn(byPod.get(pod.name) ?? [], Date.parse(startingSince)) };
  });
}

// A kubelet that has just taken a pod may not have its secrets yet, nor its network; it tries again after 0.5, 1, 2, 4 s and so on, and
// what fails then is in the way.
const ordinaryMs = 5_000;

// A kubelet's longest pause between two tries is 122 s. What it has not said again since is over.
const standingMs = 180_000;

/** What is in the way of a pod that has been starting since then. Of several sentences that come in turn it is always the same one. */
function obstacleIn(warnings: readonly PodWarning[], sinceMs: number): string | undefined {
  const late = warnings
    .filter(({ seenAtMs }) => seenAtMs >= sinceMs + ordinaryMs)
    .sort((a, b) => a.seenAtMs - b.seenAtMs);
  const newest = late.at(-1);
  if (newest === undefined) return undefined;
  const isStanding = ({ reason, seenAtMs }: PodWarning) =>
    reason === newest.reason && seenAtMs >= newest.seenAtMs - standingMs;
  const messages = late.filter(isStanding).map(({ message }) => steady(message));
  // By the alphabet `MountVolume...`, what is wrong with one, is before `Unable to attach or mount volumes`, which comes every two minutes.
  const [message = ""] = messages.sort();
  return [newest.reason, message].filter((part) => part !== "").join(": ");
}

/** Without what is other at each try: the sandbox's id, and whether the events were counted together. */
function steady(message: string): string {
  return message
    .replace(/^\(combined from similar events\): /, "")
    .replace(/(?<!sha256:)\b[0-9a-f]{64}\b/g, "…");
}
