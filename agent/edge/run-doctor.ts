import { systemClock } from "../clock.ts";
import { doctor } from "../commands/doctor.ts";
import { tableFrom } from "../doctor-table.ts";
import { createDoctorApi } from "../kube/create-doctor-api.ts";
import type { DoctorSettings } from "../settings.ts";
import { visible } from "../visible.ts";
import { printReport } from "./print-report.ts";
import type { Streams } from "./streams.ts";
import { withKubeApi } from "./with-kube-api.ts";

/** `prefetcher doctor` with this machine's kubeconfig; resolves to the exit code. */
export function runDoctor(settings: DoctorSettings, streams: Streams, signal: AbortSignal): Promise<number> {
  const create = () => createDoctorApi(systemClock, settings);
  const tell = (line: string) => void streams.stderr.write(`${visible(line)}\n`);
  return withKubeApi({ create, streams, signal }, async (api) => {
    const dependencies = { api, clock: systemClock, random: Math.random, tell };
    return printReport(await doctor(settings, dependencies, signal), settings.output, tableFrom, streams);
  });
}
