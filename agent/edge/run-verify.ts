import { systemClock } from "../clock.ts";
import { verify } from "../commands/verify.ts";
import { fleetTableFrom } from "../fleet/text/fleet-table.ts";
import { createFleetApi } from "../kube/create-fleet-api.ts";
import type { VerifySettings } from "../settings.ts";
import { printReport } from "./print-report.ts";
import { programOf, type Streams } from "./streams.ts";
import { withKubeApi } from "./with-kube-api.ts";

/** `prefetcher verify` with this machine's kubeconfig, or the pod's account; resolves to the exit code. */
export function runVerify(settings: VerifySettings, streams: Streams, signal: AbortSignal): Promise<number> {
  const { context, output } = settings;
  const program = programOf(streams);
  const create = () => createFleetApi({ clock: systemClock, random: Math.random, context });
  return withKubeApi({ create, streams, signal }, async (api) =>
    printReport(await verify(settings, { api, program }, signal), output, fleetTableFrom, streams),
  );
}
