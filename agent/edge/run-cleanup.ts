import { systemClock } from "../clock.ts";
import { cleanup } from "../commands/cleanup.ts";
import { exitCode } from "../exit-code.ts";
import type { CleanupSettings } from "../settings.ts";
import { visible } from "../visible.ts";
import { createMachineFleetApi } from "./machine-fleet-api.ts";
import { endWithError, type Streams } from "./streams.ts";
import { withKubeApi } from "./with-kube-api.ts";

/** `prefetcher cleanup` with this machine's kubeconfig, or the pod's account; resolves to the exit code. */
export function runCleanup(
  settings: CleanupSettings,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const create = () => createMachineFleetApi(settings, streams);
  const interrupted = "interrupted; what was removed stays removed";
  const tell = (line: string) => void streams.stdout.write(`${visible(line)}\n`);
  return withKubeApi({ create, streams, signal, interrupted }, async (api) => {
    const result = await cleanup(settings, { api, clock: systemClock, tell }, signal);
    if (result.exitCode !== exitCode.done)
      return endWithError(streams, result.exitCode, visible(result.message));
    tell(result.message);
    return exitCode.done;
  });
}
