import type { Clock } from "../clock.ts";
import { createDeadline, DeadlinePassed, sleep } from "../deadline.ts";
import { type DoctorApi, KubeError, type PodEvent, type PodStatus } from "../doctor-api.ts";

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

/** Waits until the pod has ended, or it can be said why it does not start. Rejects with a KubeError, or when `signal` aborts. */
export async function untilPodEnded(
  api: DoctorApi,
  clock: Clock,
  pod: Awaited,
  signal: AbortSignal,
): Promise<PodEnd> {
  using deadline = createDeadline(clock, pod.timeoutMs, signal);
  let seen: Seen = { status: {}, events: [] };
  try {
    for (;;) {
      seen = await look(api, pod, seen, deadline.signal);
      if (seen.status.phase === "Succeeded") return { kind: "looked" };
      if (seen.status.phase === "Failed" || isHopeless(seen)) return { kind: "stuck", why: whyStuck(seen) };
      await sleep(clock, pollDelayMs, deadline.signal);
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof DeadlinePassed)) throw error;
    return { kind: "stuck", why: `${whyStuck(seen)}; waited for ${pod.timeoutMs / 1000} s (--timeout)` };
  }
}

interface Seen {
  readonly status: PodStatus;
  readonly events: readonly PodEvent[];
}

async function look(api: DoctorApi, pod: Awaited, before: Seen, signal: AbortSignal): Promise<Seen> {
  try {
    const status = await api.podStatus(pod.namespace, pod.name, signal);
    const isStarting = status.phase !== "Succeeded" && status.phase !== "Running";
    const events = isStarting ? await eventsOf(api, pod, signal) : before.events;
    return { status, events };
  } catch (error) {
    // An API server that is busy, or away for a moment: the next look may tell.
    if (
      error instanceof KubeError &&
      (error.status === undefined || error.status === 429 || error.status >= 500)
    )
      return before;
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

/** What the kubelet says, the most telling first. */
function whyStuck({ status, events }: Seen): string {
  const warnings = events.filter(({ type }) => type === "Warning");
  const waiting = waitingIn(status);
  const terminated = status.containerStatuses?.[0]?.state?.terminated;
  if (terminated !== undefined && status.reason === undefined) {
    return `it ended with ${terminated.exitCode}: ${sentence(terminated.reason, terminated.message)}`;
  }
  if (waiting?.reason === "ImagePullBackOff" || waiting?.reason === "ErrImagePull") {
    const event = warnings.findLast(({ message }) => message?.startsWith("Failed to pull") === true);
    return `the agent's own image cannot be pulled there: ${event?.message ?? sentence(waiting.reason, waiting.message)}`;
  }
  if (waiting !== undefined && waiting.reason !== "ContainerCreating" && waiting.reason !== "PodInitializing")
    return sentence(waiting.reason, waiting.message);
  const warning = warnings.at(-1);
  if (warning !== undefined) return sentence(warning.reason, warning.message) + adviceFor(warning);
  if (status.reason !== undefined) return sentence(status.reason, status.message);
  return status.phase === "Running" ? "it runs and does not end" : "the kubelet says nothing about it";
}

function waitingIn(status: PodStatus) {
  return status.containerStatuses?.[0]?.state?.waiting;
}

function adviceFor({ message = "" }: PodEvent): string {
  const isSocketsDirectory =
    message.includes('volume "runtime"') && message.includes("hostPath type check failed");
  return isSocketsDirectory ? "; the directory of criSocket is not on this node" : "";
}

function sentence(reason: string | undefined, message: string | undefined): string {
  return [reason, message?.trim()].filter((part) => part !== undefined && part !== "").join(": ");
}
