import { KubeError } from "../kube-error.ts";
import type { FleetApi, FleetDaemonSet } from "./fleet-api.ts";

/** The newest warning that a pod of the DaemonSet could not be created; undefined where there is none, or where it may not be read. */
export async function newestFailedCreate(
  api: FleetApi,
  { namespace, name }: FleetDaemonSet,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const warnings = await api.warnings(namespace, name, signal);
    return warnings.findLast(({ reason }) => reason === "FailedCreate")?.message;
  } catch (error) {
    // That pods are missing is known without it, and not everybody may read events.
    if (error instanceof KubeError && error.lasting !== "login") return undefined;
    throw error;
  }
}
