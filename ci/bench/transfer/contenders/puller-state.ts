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
  | { readonly kind: "pulling" };

const harmless = ["PodInitializing", "ContainerCreating"];

/** `failed` as soon as an image was refused or its program failed, whether or not the kubelet would try again. */
export function pullerState({ status: { initContainerStatuses = [] } }: PullerPod): PullerState {
  const failure = initContainerStatuses.flatMap((container) => failureOf(container) ?? [])[0];
  if (failure !== undefined) return { kind: "failed", message: failure };
  const isPulled =
    initContainerStatuses.length > 0 &&
    initContainerStatuses.every(({ state }) => state.terminated !== undefined);
  return { kind: isPulled ? "pulled" : "pulling" };
}

function failureOf({ name, state: { waiting, terminated } }: InitContainer): string | undefined {
  if (terminated !== undefined && terminated.exitCode !== 0)
    return `${name} ended with ${terminated.exitCode} ${terminated.message ?? ""}`.trim();
  if (waiting?.reason === undefined || harmless.includes(waiting.reason)) return undefined;
  return `${name}: ${waiting.reason} ${waiting.message ?? ""}`.trim();
}
