import { systemClock } from "../clock.ts";
import type { FleetApi } from "../fleet/fleet-api.ts";
import { createFleetApi } from "../kube/create-fleet-api.ts";
import { visible } from "../visible.ts";
import type { Streams } from "./streams.ts";

/** The kubeconfig of a command by hand: its flags of these names. */
interface ClusterSettings {
  readonly context: string | undefined;
  readonly kubeconfig: string | undefined;
}

/** The API server that the settings lead to from this machine; stderr says so where it takes long. Throws as `createFleetApi` does. */
export function createMachineFleetApi(
  { context, kubeconfig }: ClusterSettings,
  { stderr }: Streams,
): FleetApi {
  const tell = (line: string) => void stderr.write(`warning: ${visible(line)}\n`);
  return createFleetApi({ clock: systemClock, random: Math.random, context, kubeconfig, tell });
}
