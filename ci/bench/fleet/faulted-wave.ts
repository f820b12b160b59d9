import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../../cluster/write-file.ts";
import { startAgents } from "./agents.ts";
import { createFaultDraw, type FaultKind } from "./fault-draw.ts";
import { serveFaultProxy } from "./fault-proxy.ts";
import type { FleetLab } from "./fleet-lab.ts";
import { otherWriterKey } from "./node-check.ts";
import { runWave, type Wave, type WaveOptions } from "./wave.ts";

/** A wave through faults, and which befell how many of its requests. */
export interface FaultedWave extends Wave {
  readonly injected: Readonly<Partial<Record<FaultKind, number>>>;
}

// An agent gives a request up after 10 s.
const lateMs = 11_000;

/** Runs a wave whose requests meet faults; returns once those held back have arrived too. */
export async function runFaultedWave(
  lab: FleetLab,
  options: Omit<WaveOptions, "agents" | "settled">,
  seed: number,
): Promise<FaultedWave> {
  let changes = 0;
  await using proxy = await serveFaultProxy({
    upstream: lab.cluster.apiServer,
    ca: readFileSync(join(lab.cluster.pkiDir, "ca.crt")),
    draw: createFaultDraw(seed),
    lateMs,
    changeNode: (nodeName) => {
      changes += 1;
      const metadata = {
        annotations: { [otherWriterKey]: `change ${changes} of rollout ${options.rollout}` },
      };
      return lab.objects.tell("PATCH", `/api/v1/nodes/${nodeName}`, { metadata });
    },
  });
  using agents = await startAgents(kubeconfigFor(lab, proxy.url), options.signal);
  const settled = async () => {
    await proxy.allArrived();
    return proxy.answered;
  };
  const wave = await runWave(lab, { ...options, agents, settled });
  return { ...wave, injected: Object.fromEntries(proxy.faults) };
}

/** The agents' kubeconfig with another server, by plain HTTP. */
function kubeconfigFor({ account, folder }: FleetLab, server: string): string {
  const config = JSON.parse(readFileSync(account.kubeconfig, "utf8")) as object;
  const clusters = [{ name: account.name, cluster: { server, "insecure-skip-tls-verify": true } }];
  const path = join(folder, "through-faults.kubeconfig");
  writeFileAtomically(path, JSON.stringify({ ...config, clusters }));
  return path;
}
