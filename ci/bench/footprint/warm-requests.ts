import { setTimeout as sleep } from "node:timers/promises";
import { createImageService } from "../../../agent/cri/create-image-service.ts";
import { auditedSince, lengthOfAudit } from "../fleet/audited-requests.ts";
import type { BenchOptions } from "../section.ts";
import type { FootprintLab } from "./footprint-lab.ts";
import { countBar } from "./limits.ts";
import type { PartResult } from "./part.ts";
import { timeProgram } from "./run-program.ts";

/** What the agent has asked in one run. */
interface Asked {
  readonly registry: number;
  readonly apiServer: number;
}

// The API server writes the line of a request when it has answered it.
const auditLagMs = 300;

/** How often the agent asks the registry and the API server, with a list of 20 images on a real node. */
export async function countRequests(lab: FootprintLab, options: BenchOptions): Promise<PartResult> {
  const run = () => askedIn(lab, () => timeProgram(lab.programs.command("agent", lab.job), options.signal));
  // Nothing of another list may stand there.
  await lab.clearMarks();
  const warm = await run();
  const unchanged = await run();
  await lab.clearMarks();
  await removeFirstImage(lab, options.signal);
  const pulling = await run();
  const rows = [
    ["all there, label to be written", warm],
    ["all there, label right", unchanged],
    ["one image missing", pulling],
  ] as const;
  const table = {
    title: "Requests of one round, 20 images",
    rows: [
      ["", "registry", "API server"],
      ...rows.map(([what, { registry, apiServer }]) => [what, String(registry), String(apiServer)]),
    ],
  };
  const bars = [
    countBar("registry requests, warm", 0, [warm.registry, unchanged.registry]),
    countBar("API requests, warm, label written", 2, [warm.apiServer]),
    countBar("API requests, warm, label right", 1, [unchanged.apiServer]),
    countBar("API requests where something is pulled", 4, [pulling.apiServer]),
  ];
  return { tables: [table], bars, data: { warm, unchanged, pulling }, notes: [] };
}

/** What was asked while `run` ran. Throws where nothing at all was, which cannot be. */
async function askedIn({ front, cluster, job }: FootprintLab, run: () => Promise<unknown>): Promise<Asked> {
  front.clear();
  const length = lengthOfAudit(cluster.auditLog);
  await run();
  await sleep(auditLagMs);
  const audited = auditedSince(cluster.auditLog, length).filter(({ nodeName }) => nodeName === job.node);
  if (audited.length === 0) throw new Error("the audit log has no request of the agent");
  return { registry: front.requests.length, apiServer: audited.length };
}

async function removeFirstImage({ job }: FootprintLab, signal: AbortSignal): Promise<void> {
  const runtime = createImageService(job.socket);
  try {
    await runtime.removeImage(job.images[0] ?? "", signal);
  } finally {
    runtime.close();
  }
}
