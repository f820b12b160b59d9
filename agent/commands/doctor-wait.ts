import type { Clock } from "../clock.ts";
import { createDeadline, DeadlinePassed, sleep } from "../deadline.ts";
import type { DoctorApi, PodEvent, PodStatus, Terminated } from "../doctor-api.ts";
import { exitCode } from "../exit-code.ts";
import { KubeError } from "../kube-error.ts";
import { redactKubelet } from "../redact-kubelet.ts";

/** How the pod ended: it looked, or a sentence that says why it could not. */
export type PodEnd = { readonly kind: "looked" } | { readonly kind: "stuck"; readonly why: string };

/** Which pod, and for how long it is waited for. */
export interface Awaited {
  readonly namespace: string;
  readonly name: string;
  readonly timeoutMs: number;
}

const pollDelayMs = 500;

// The kubelet tries these again too, but has nothing more to say: ImagePullBackOff follows a failed pull without another one.
const hopeless: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "CreateContainerError",
  "RunContainerError",
]);

// The kubelet's own caches make a mount fail once or twice at a pod's start; the tries come after 0.5, 1, 2, 4 s and so on.
const hopelessMounts = 4;

/**
 * Waits until the pod has ended, or it can be said why it does not start. Rejects with a KubeError where the API server has not let it see
 * the pod, or when `signal` aborts.
 */
export async function untilPodEnded(
  api: DoctorApi,
  clock: Clock,
  pod: Awaited,
  signal: AbortSignal,
): Promise<PodEnd> {
  using deadline = createDeadline(clock, pod.timeoutMs, signal);
  let last: { seen?: Seen; failure?: KubeError } = {};
  try {
    for (;;) {
      last = { ...last, ...(await look(api, pod, last.seen?.events ?? [], deadline.signal)) };
      if (last.seen !== undefined) {
        const end = endOf(last.seen);
        if (end !== undefined) return end;
      }
      await sleep(clock, pollDelayMs, deadline.signal);
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof DeadlinePassed)) throw error;
    const limit = `${pod.timeoutMs / 1000} s (--timeout)`;
    if (last.seen !== undefined) return { kind: "stuck", why: `${whyStuck(last.seen)}; waited for ${limit}` };
    throw (
      last.failure ?? new KubeError(`the API server did not say within ${limit} what the pod does`, undefined)
    );
  }
}

interface Seen {
  readonly status: PodStatus;
  readonly events: readonly PodEvent[];
}

/** How the pod has ended; undefined while it is to be waited for. */
function endOf(seen: Seen): PodEnd | undefined {
  if (seen.status.phase === "Succeeded") return { kind: "looked" };
  if (seen.status.phase !== "Failed" && !isHopeless(seen)) return undefined;
  return { kind: "stuck", why: whyStuck(seen) };
}

/** What is to be seen of the pod, or why nothing is at this moment. `before` are the events that were seen by now. */
async function look(
  api: DoctorApi,
  pod: Awaited,
  before: readonly PodEvent[],
  signal: AbortSignal,
): Promise<{ readonly seen: Seen } | { readonly failure: KubeError }> {
  try {
    const status = await api.podStatus(pod.namespace, pod.name, signal);
    const isStarting = status.phase !== "Succeeded" && status.phase !== "Running";
    const events = isStarting ? await eventsOf(api, pod, signal) : before;
    return { seen: { status, events } };
  } catch (error) {
    // An API server that is busy, or away for a moment: the next look may tell.
    if (
      error instanceof KubeError &&
      error.lasting === undefined &&
      (error.status === undefined || error.status === 429 || error.status >= 500)
    )
      return { failure: error };
    throw error;
  }
}

async function eventsOf(api: DoctorApi, { namespace, name }: Awaited, signal: AbortSignal) {
  try {
    return await api.podEvents(namespace, name, signal);
  } catch (error) {
    // They say why, and are not needed where all goes well: the right to read them must not be what the doctor fails for.
    if (error instanceof KubeError && error.status === 403) return [];
    throw error;
  }
}

function isHopeless({ status, events }: Seen): boolean {
  const reason = waitingIn(status)?.reason ?? "";
  return (
    hopeless.has(reason) ||
    events.some((event) => event.reason === "FailedMount" && (event.count ?? 1) >= hopelessMounts)
  );
}

/** What the kubelet says, the most telling first, without what may be a secret. */
function whyStuck({ status, events }: Seen): string {
  const warnings = events.filter(({ type }) => type === "Warning");
  const waiting = waitingIn(status);
  const terminated = status.containerStatuses?.[0]?.state?.terminated;
  if (terminated !== undefined && status.reason === undefined) return whyEnded(terminated);
  if (waiting?.reason === "ImagePullBackOff" || waiting?.reason === "ErrImagePull") {
    const event = warnings.findLast(({ message }) => message?.startsWith("Failed to pull") === true);
    const why = sentence(...(event === undefined ? [waiting.reason, waiting.message] : [event.message]));
    return `the agent's own image cannot be pulled there: ${why}`;
  }
  if (waiting !== undefined && waiting.reason !== "ContainerCreating" && waiting.reason !== "PodInitializing")
    return sentence(waiting.reason, waiting.message);
  const warning = warnings.at(-1);
  if (warning !== undefined) return sentence(warning.reason, warning.message) + adviceFor(warning);
  if (status.reason !== undefined) return sentence(status.reason, status.message);
  return status.phase === "Running" ? "it runs and does not end" : "the kubelet says nothing about it";
}

function whyEnded({ exitCode: code, reason, message }: Terminated): string {
  // Agents from before `inspect` took it for a flag of `prefetch`.
  if (code === exitCode.usage && message?.includes("`prefetcher prefetch --help`") === true)
    return "the release's image is older than this doctor and cannot be asked; upgrade the release, or use the doctor of its version";
  return `it ended with ${code}: ${sentence(reason, message)}`;
}

function waitingIn(status: PodStatus) {
  return status.containerStatuses?.[0]?.state?.waiting;
}

function adviceFor({ message = "" }: PodEvent): string {
  const isSocketsDirectory =
    message.includes('volume "runtime"') && message.includes("hostPath type check failed");
  return isSocketsDirectory ? "; the directory of criSocket is not on this node" : "";
}

function sentence(...parts: readonly (string | undefined)[]): string {
  return parts
    .map((part) => redactKubelet(part?.trim() ?? ""))
    .filter((part) => part !== "")
    .join(": ");
}
