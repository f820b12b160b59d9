import { verify } from "../commands/verify.ts";
import { fleetTableFrom } from "../fleet/text/fleet-table.ts";
import type { VerifySettings } from "../settings.ts";
import { createMachineFleetApi } from "./machine-fleet-api.ts";
import { printReport } from "./print-report.ts";
import { programOf, type Streams } from "./streams.ts";
import { withKubeApi } from "./with-kube-api.ts";

/** `prefetcher verify` with this machine's kubeconfig, or the pod's account; resolves to the exit code. */
export function runVerify(settings: VerifySettings, streams: Streams, signal: AbortSignal): Promise<number> {
  const { output } = settings;
  const program = programOf(streams);
  const create = () => createMachineFleetApi(settings, streams);
  return withKubeApi({ create, streams, signal }, async (api) =>
    printReport(await verify(settings, { api, program }, signal), output, fleetTableFrom, streams),
  );
}
