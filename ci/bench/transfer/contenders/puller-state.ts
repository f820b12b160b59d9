/** As much of the puller's pod as is looked at. */
export interface PullerPod {
  readonly status: { readonly initContainerStatuses?: readonly InitContainer[] };
}

interface InitContainer {
  readonly name: string;
  readonly state: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly exitCode: number; readonly message?: string };
  };
}

/** How far the pod is. */
export type PullerState =
  | { readonly kind: "pulled" }
  | { readonly kind: "failed"; readonly message: string }
  /** With what the kubelet says of the container whose turn it is. */
  | { readonly kind: "pulling"; readonly message: string };

// Of the other reasons to wait many pass: a container that could not be made because a mount was not ready, say.
const refusals = ["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"];

/** `failed` as soon as an image was refused or its program failed, whether or not the kubelet would try again. */
export function pullerState({ status: { initContainerStatuses = [] } }: PullerPod): PullerState {
  const failure = initContainerStatuses.flatMap((container) => failureOf(container) ?? [])[0];
  if (failure !== undefined) return { kind: "failed", message: failure };
  const isPulled =
    initContainerStatuses.length > 0 &&
    initContainerStatuses.every(({ state }) => state.terminated !== undefined);
  if (isPulled) return { kind: "pulled" };
  const waiting = initContainerStatuses.find(({ state }) => state.terminated === undefined);
  return { kind: "pulling", message: waiting === undefined ? "it has no containers" : wordsOf(waiting) };
}

function failureOf(container: InitContainer): string | undefined {
  const {
    name,
    state: { waiting, terminated },
  } = container;
  if (terminated !== undefined && terminated.exitCode !== 0)
    return `${name} ended with ${terminated.exitCode} ${terminated.message ?? ""}`.trim();
  return refusals.includes(waiting?.reason ?? "") ? wordsOf(container) : undefined;
}

function wordsOf({ name, state: { waiting } }: InitContainer): string {
  return `${name}: ${waiting?.reason ?? "running"} ${waiting?.message ?? ""}`.trim();
}
