/** What a container asks the scheduler for. */
interface Requesting {
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}

/** As much of a pod's spec as decides what the scheduler reserves for it. */
export interface ReservingPod {
  readonly initContainers?: readonly Requesting[];
  readonly containers: readonly Requesting[];
}

/**
 * What the scheduler reserves of `resource` for the pod: what its containers ask for together, or the init container that asks for the most.
 * Millicores of `cpu`, MiB of `memory`. Throws where a quantity is written in a way that the chart does not use.
 */
export function reservedBy(pod: ReservingPod, resource: "cpu" | "memory"): number {
  const wanted = ({ resources }: Requesting) => quantity(resources?.requests?.[resource] ?? "0");
  const together = pod.containers.map(wanted).reduce((sum, each) => sum + each, 0);
  return Math.max(together, ...(pod.initContainers ?? []).map(wanted));
}

function quantity(text: string): number {
  const [, digits, unit = ""] = /^([0-9]+)(m|Mi)?$/.exec(text) ?? [];
  if (digits === undefined) throw new Error(`a quantity such as 10m or 32Mi, not ${text}`);
  if (unit === "" && digits !== "0") throw new Error(`a quantity with its unit, not ${text}`);
  return Number(digits);
}
