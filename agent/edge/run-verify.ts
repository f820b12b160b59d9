import { systemClock } from "../clock.ts";
import { verify } from "../commands/verify.ts";
import { exitCode } from "../exit-code.ts";
import { fleetTableFrom } from "../fleet-table.ts";
import { createFleetApi } from "../kube/create-fleet-api.ts";
import type { VerifySettings } from "../settings.ts";
import { visible, visibleJson } from "../visible.ts";
import { inKubeConfig } from "./in-kube-config.ts";
import { endWithError, type Streams, widthOf } from "./streams.ts";

/** `prefetcher verify` with this machine's kubeconfig, or the pod's account; resolves to the exit code. */
export async function runVerify(
  settings: VerifySettings,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const { context } = settings;
  const api = inKubeConfig(() => createFleetApi({ clock: systemClock, random: Math.random, context }));
  if (typeof api === "string") return endWithError(streams, exitCode.usage, visible(api));
  try {
    const result = await verify(settings, { api }, signal);
    if (result.kind === "stopped") return endWithError(streams, result.exitCode, visible(result.message));
    const { report } = result;
    const isJson = settings.output === "json";
    streams.stdout.write(isJson ? `${visibleJson(report)}\n` : fleetTableFrom(report, widthOf(streams)));
    return result.exitCode;
  } catch (error) {
    if (!signal.aborted) throw error;
    return endWithError(streams, exitCode.terminated, "interrupted");
  }
}
