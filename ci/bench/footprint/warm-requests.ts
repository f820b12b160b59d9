import { setTimeout as sleep } from "node:timers/promises";
import { createImageService } from "../../../agent/cri/create-image-service.ts";
import {
  type AuditedRequest,
  allAuditedSince,
  auditedSince,
  lengthOfAudit,
} from "../fleet/audited-requests.ts";
import type { BenchOptions } from "../section.ts";
import type { FootprintLab } from "./footprint-lab.ts";
import { countBar, mostWithConflicts, requestsBar } from "./limits.ts";
import type { PartResult } from "./part.ts";
import { timeProgram } from "./run-program.ts";

/** What the agent has asked in one run. */
interface Asked {
  readonly registry: number;
  readonly apiServer: readonly AuditedRequest[];
}

// As many as a round may send are waited for; one too many has this long to be seen as well.
const oneTooManyMs = 300;

/** Requests of a round to the API server. */
const atMost = { warm: 2, unchanged: 1, pulling: 4 } as const;

/** How often the agent asks the registry and the API server, with a list of 20 images on a real node. */
export async function countRequests(lab: FootprintLab, options: BenchOptions): Promise<PartResult> {
  const run = (most: number) =>
    askedIn(lab, most, () => timeProgram(lab.programs.command("agent", lab.job), options.signal));
  // Nothing of another list may stand there.
  await lab.clearMarks();
  const warm = await run(atMost.warm);
  const unchanged = await run(atMost.unchanged);
  await lab.clearMarks();
  await removeFirstImage(lab, options.signal);
  const pulling = await run(atMost.pulling);
  const rows = [
    ["all there, label to be written", warm],
    ["all there, label right", unchanged],
    ["one image missing", pulling],
  ] as const;
  const table = {
    title: "Requests of one round, 20 images",
    rows: [
      ["", "registry", "API server"],
      ...rows.map(([what, { registry, apiServer }]) => [what, String(registry), String(apiServer.length)]),
    ],
  };
  const bars = [
    countBar("registry requests, warm", 0, [warm.registry, unchanged.registry]),
    requestsBar("API requests, warm, label written", atMost.warm, warm.apiServer),
    requestsBar("API requests, warm, label right", atMost.unchanged, unchanged.apiServer),
    requestsBar("API requests where something is pulled", atMost.pulling, pulling.apiServer),
  ];
  return { tables: [table], bars, data: { warm, unchanged, pulling }, notes: [] };
}

/** What was asked while `run` ran. Throws where nothing at all was, which cannot be. */
async function askedIn(
  { front, cluster, job }: FootprintLab,
  most: number,
  run: () => Promise<unknown>,
): Promise<Asked> {
  front.clear();
  const length = lengthOfAudit(cluster.auditLog);
  const ofNode = (requests: readonly AuditedRequest[]) =>
    requests.filter(({ nodeName }) => nodeName === job.node);
  await run();
  await allAuditedSince(cluster.auditLog, length, (requests) => {
    const own = ofNode(requests);
    return own.length >= mostWithConflicts(most, own);
  });
  await sleep(oneTooManyMs);
  const apiServer = ofNode(auditedSince(cluster.auditLog, length));
  if (apiServer.length === 0) throw new Error("the audit log has no request of the agent");
  return { registry: front.requests.length, apiServer };
}

async function removeFirstImage({ job }: FootprintLab, signal: AbortSignal): Promise<void> {
  const runtime = createImageService(job.socket);
  try {
    await runtime.removeImage(job.images[0] ?? "", signal);
  } finally {
    runtime.close();
  }
}
