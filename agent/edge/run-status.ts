import { systemClock } from "../clock.ts";
import type { FleetScope } from "../fleet/fleet-state.ts";
import { followFleet } from "../fleet/following/follow-fleet.ts";
import { readFleet } from "../fleet/read-fleet.ts";
import type { StatusSettings } from "../settings.ts";
import { createMachineFleetApi } from "./machine-fleet-api.ts";
import { showStatus } from "./show-status.ts";
import { programOf, type Streams } from "./streams.ts";
import { withKubeApi } from "./with-kube-api.ts";

/** `prefetcher status` with this machine's kubeconfig; resolves to the exit code. */
export function runStatus(settings: StatusSettings, streams: Streams, signal: AbortSignal): Promise<number> {
  const create = () => createMachineFleetApi(settings, streams);
  return withKubeApi({ create, streams, signal }, (api) => {
    const fleet = {
      program: programOf(streams),
      namespace: api.namespace,
      clock: systemClock,
      readFleet: (scope: FleetScope, stop: AbortSignal) => readFleet(api, scope, stop),
      followFleet: (scope: FleetScope, stop: AbortSignal) => followFleet(api, scope, systemClock, stop),
    };
    return showStatus(settings, streams, fleet, signal);
  });
}
