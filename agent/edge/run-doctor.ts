import { systemClock } from "../clock.ts";
import { doctor } from "../commands/doctor.ts";
import { tableFrom } from "../doctor-table.ts";
import { exitCode } from "../exit-code.ts";
import { createDoctorApi } from "../kube/create-doctor-api.ts";
import type { DoctorSettings } from "../settings.ts";
import { visible, visibleJson } from "../visible.ts";
import { inKubeConfig } from "./in-kube-config.ts";
import { endWithError, type Streams, widthOf } from "./streams.ts";

/** `prefetcher doctor` with this machine's kubeconfig; resolves to the exit code. */
export async function runDoctor(
  settings: DoctorSettings,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const api = inKubeConfig(() => createDoctorApi(systemClock, settings.context));
  if (typeof api === "string") return endWithError(streams, exitCode.usage, visible(api));
  const tell = (line: string) => void streams.stderr.write(`${visible(line)}\n`);
  try {
    const dependencies = { api, clock: systemClock, random: Math.random, tell };
    const result = await doctor(settings, dependencies, signal);
    if (result.kind === "stopped") return endWithError(streams, result.exitCode, visible(result.message));
    const { report } = result;
    const isJson = settings.output === "json";
    streams.stdout.write(isJson ? `${visibleJson(report)}\n` : tableFrom(report, widthOf(streams)));
    return result.exitCode;
  } catch (error) {
    if (!signal.aborted) throw error;
    return endWithError(streams, exitCode.terminated, "interrupted");
  }
}
