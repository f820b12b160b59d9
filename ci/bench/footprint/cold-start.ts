import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type CriProxy, serveCriProxy } from "../../e2e/support/cri-proxy.ts";
import type { BenchOptions } from "../section.ts";
import { seededRandom } from "../seeded-random.ts";
import { spreadText } from "../transfer/figures.ts";
import { runOrder } from "../transfer/run-order.ts";
import type { FootprintLab } from "./footprint-lab.ts";
import { ratioCell } from "./limits.ts";
import { type PartResult, repeatsOf } from "./part.ts";
import type { ProgramCommand, ProgramName } from "./programs.ts";

const contenders = ["agent", "plain script", "empty Node.js"] as const satisfies readonly ProgramName[];

/** From start to the first PullImage as the runtime sees it, on a node that has none of the images; of an empty Node.js, to its end. */
export async function measureColdStart(lab: FootprintLab, options: BenchOptions): Promise<PartResult> {
  const folder = join(lab.folder, "cold");
  await mkdir(folder);
  const hostPath = join(folder, "cri.sock");
  await using runtime = await serveCriProxy(hostPath, hostPath, lab.job.socket);
  const job = { ...lab.job, socket: hostPath };
  const firstMs: Record<string, number[]> = Object.fromEntries(contenders.map((name) => [name, []]));
  const turns = contenders.map((contender) => ({ contender, repeats: repeatsOf(options) }));
  for (const { contender } of runOrder(turns, seededRandom(options.seed + 1))) {
    const name = contender as (typeof contenders)[number];
    const command = lab.programs.command(name, job);
    await lab.clearMarks();
    const measure = name === "empty Node.js" ? untilEnd : untilPull;
    firstMs[name]?.push(await measure(command, options.signal, runtime));
  }
  const { agent = [] } = firstMs;
  const rows = contenders.map((name) => {
    const own = firstMs[name] ?? [];
    return [name, spreadText(own, 0), name === "agent" ? "" : ratioCell(agent, own)];
  });
  const title = "Cold start: exec to the first PullImage, 20 images missing";
  return { tables: [{ title, rows: [["", "ms", "agent/it"], ...rows] }], bars: [], data: firstMs, notes };
}

const notes = [
  "Cold start: before its first pull the agent asks for every image, and sends one request by which the Node no longer speaks for another list;",
  "the script asks for an image and pulls it at once.",
];

const timeoutMs = 60_000;

async function untilPull(command: ProgramCommand, signal: AbortSignal, runtime: CriProxy): Promise<number> {
  const pulled = Promise.withResolvers<number>();
  // The runtime has no image, and is not done with the first pull before the program is ended.
  runtime.setRule(({ method, atMs }) => {
    if (method !== "PullImage") return { answer: {} };
    pulled.resolve(atMs);
    return { isSilent: true };
  });
  const { child, ended, startedMs } = start(command, signal);
  const tooEarly = ended.then(() => Promise.reject(new Error(`${command.args[0]} ended without a pull`)));
  const pulledMs = await Promise.race([pulled.promise, tooEarly]);
  tooEarly.catch(() => {});
  child.kill("SIGKILL");
  await ended;
  return pulledMs - startedMs;
}

async function untilEnd(command: ProgramCommand, signal: AbortSignal): Promise<number> {
  const { ended, startedMs } = start(command, signal);
  await ended;
  return performance.now() - startedMs;
}

function start({ args, env }: ProgramCommand, signal: AbortSignal) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: "ignore", timeout: timeoutMs, signal });
  return { child, ended: once(child, "exit"), startedMs };
}
