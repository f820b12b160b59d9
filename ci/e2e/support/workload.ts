import { randomBytes } from "node:crypto";
import { apiRequest } from "../../cluster/api-request.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { testCluster } from "./scene.ts";

/** A pod of one container that a user starts on a node. */
export interface Workload {
  readonly namespace: string;
  readonly node: string;
  /** Its process has to stay. */
  readonly image: string;
  readonly pullPolicy: "IfNotPresent" | "Always" | "Never";
  /** The Secret of the pod's namespace that is its imagePullSecret; none by default. */
  readonly secret?: string;
}

/** Whether it started, and what the kubelet said of its image. */
export interface WorkloadEnd {
  /** Running, or the reason that it is not: ErrImagePull, ErrImageNeverPull. */
  readonly state: string;
  /** The message of the event on the image: of `Pulled`, or of the failure. */
  readonly message: string;
}

/**
 * Starts the pod, waits up to 30 s until it runs or its image is refused, and deletes it. One whose image could not be pulled is gone
 * when this returns: the kubelet would ask for it again.
 */
export async function runWorkload({
  namespace,
  node,
  image,
  pullPolicy,
  secret,
}: Workload): Promise<WorkloadEnd> {
  const name = `workload-${randomBytes(4).toString("hex")}`;
  const pod = {
    metadata: { name },
    spec: {
      nodeName: node,
      containers: [{ name: "workload", image, imagePullPolicy: pullPolicy }],
      imagePullSecrets: secret === undefined ? [] : [{ name: secret }],
      automountServiceAccountToken: false,
      // With 0 the API server would forget it at once, while the kubelet still asks for its image.
      terminationGracePeriodSeconds: 1,
    },
  };
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  // A namespace that is new has no ServiceAccount for a moment, and takes no pod without.
  await waitUntil(`${namespace} takes a pod`, 10_000, async () => {
    const { status, body } = await apiRequest(testCluster(), "POST", pods, pod);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return true;
  });
  const end = await endOf(namespace, name);
  await apiRequest(testCluster(), "DELETE", `${pods}/${name}`);
  if (end.state === "ErrImagePull") {
    const isGone = async () => (await apiRequest(testCluster(), "GET", `${pods}/${name}`)).status === 404;
    await waitUntil(`${name} is gone`, 30_000, isGone, 50);
  }
  return end;
}

async function endOf(namespace: string, name: string): Promise<WorkloadEnd> {
  let end: WorkloadEnd | undefined;
  const hasEnded = async () => {
    const state = await stateOf(namespace, name);
    const message = state === undefined ? undefined : await messageOf(namespace, name, state);
    if (state !== undefined && message !== undefined) end = { state, message };
    return end !== undefined;
  };
  await waitUntil(`${name} runs or is refused its image`, 30_000, hasEnded, 50);
  if (end === undefined) throw new Error("waitUntil returned too early");
  return end;
}

/** Undefined where it is not yet known whether it starts. */
async function stateOf(namespace: string, name: string): Promise<string | undefined> {
  const { body } = await apiRequest(testCluster(), "GET", `/api/v1/namespaces/${namespace}/pods/${name}`);
  const { status } = body as { status: { containerStatuses?: readonly ContainerStatus[] } };
  const state = status.containerStatuses?.[0]?.state;
  if (state?.running !== undefined) return "Running";
  const reason = state?.waiting?.reason;
  // What the kubelet says while it waits for its next try.
  if (reason === "ImagePullBackOff") return "ErrImagePull";
  return reason?.startsWith("ErrImage") === true ? reason : undefined;
}

/** What the kubelet's event says; undefined while there is none. Events come later than what they tell. */
async function messageOf(namespace: string, name: string, state: string): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.name%3D${name}`;
  const { body } = await apiRequest(testCluster(), "GET", path);
  const { items } = body as { items: readonly { reason: string; message: string }[] };
  const reason = { Running: "Pulled", ErrImagePull: "Failed" }[state] ?? state;
  return items.find((event) => event.reason === reason && !event.message.startsWith("Error: "))?.message;
}

interface ContainerStatus {
  readonly state: { readonly running?: object; readonly waiting?: { readonly reason: string } };
}
