import { systemClock } from "../clock.ts";
import { cleanup } from "../commands/cleanup.ts";
import { exitCode } from "../exit-code.ts";
import { createFleetApi } from "../kube/create-fleet-api.ts";
import type { CleanupSettings } from "../settings.ts";
import { visible } from "../visible.ts";
import { inKubeConfig } from "./in-kube-config.ts";
import { endWithError, type Streams } from "./streams.ts";

/** `prefetcher cleanup` with this machine's kubeconfig, or the pod's account; resolves to the exit code. */
export async function runCleanup(
  settings: CleanupSettings,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const { context } = settings;
  const api = inKubeConfig(() => createFleetApi({ clock: systemClock, random: Math.random, context }));
  if (typeof api === "string") return endWithError(streams, exitCode.usage, visible(api));
  const tell = (line: string) => void streams.stdout.write(`${visible(line)}\n`);
  try {
    const result = await cleanup(settings, { api, clock: systemClock, tell }, signal);
    if (result.exitCode !== exitCode.done)
      return endWithError(streams, result.exitCode, visible(result.message));
    tell(result.message);
    return exitCode.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    return endWithError(streams, exitCode.terminated, "interrupted; what was removed stays removed");
  }
}
