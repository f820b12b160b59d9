import type { BenchOptions } from "../section.ts";
import { seededRandom } from "../seeded-random.ts";
import { spreadText } from "../transfer/figures.ts";
import { runOrder } from "../transfer/run-order.ts";
import type { FootprintLab } from "./footprint-lab.ts";
import { ratioBar, ratioCell } from "./limits.ts";
import { type PartResult, repeatsOf } from "./part.ts";
import { type ProgramName, programNames } from "./programs.ts";
import { peakOfProgram, timeProgram } from "./run-program.ts";

/** The figures of one program's runs. */
interface ProgramRuns {
  readonly wallMs: number[];
  readonly cpuMs: number[];
  readonly peakMiB: number[];
}

// Memory differs by a hundredth from run to run, and is looked at in runs of its own: looking costs processor time.
const mostPeakRuns = 5;

/** From start to exit where all is there and the label is not: time, processor time, and peak memory. */
export async function measureWarmRuns(lab: FootprintLab, options: BenchOptions): Promise<PartResult> {
  const { isQuick, signal } = options;
  const runs = Object.fromEntries(
    programNames.map((name): [ProgramName, ProgramRuns] => [name, { wallMs: [], cpuMs: [], peakMiB: [] }]),
  ) as Record<ProgramName, ProgramRuns>;
  const repeats = repeatsOf(options);
  const turns = programNames.map((contender) => ({ contender, repeats }));
  for (const { contender, round } of runOrder(turns, seededRandom(options.seed))) {
    const name = contender as ProgramName;
    const command = lab.programs.command(name, lab.job);
    await lab.clearMarks();
    const { wallMs, cpuMs } = await timeProgram(command, signal);
    runs[name].wallMs.push(wallMs);
    runs[name].cpuMs.push(cpuMs);
    if (round > mostPeakRuns) continue;
    await lab.clearMarks();
    runs[name].peakMiB.push(await peakOfProgram(command, signal));
  }
  return { tables: [tableOf(runs)], bars: barsOf(runs, isQuick), data: runs, notes };
}

const notes = [
  "Warm runs: the programs are started by this Node.js, which is the image's version with its symbols. Wall time runs from fork to wait by bash's clock,",
  "processor time is what the kernel says of the child, peak memory is VmHWM, read every 4 ms in runs of its own.",
];

function barsOf(runs: Readonly<Record<ProgramName, ProgramRuns>>, isQuick: boolean) {
  const { agent, "plain script": plain, "empty Node.js": empty } = runs;
  const time = "process start to exit, warm, beside";
  const memory = "peak RSS, warm, beside";
  const limits = [
    [{ what: `${time} the plain script`, atMost: 1.2, kind: "bar" }, agent.wallMs, plain.wallMs],
    [{ what: `${time} an empty Node.js`, atMost: 4, kind: "goal" }, agent.wallMs, empty.wallMs],
    [{ what: `${memory} the plain script`, atMost: 1.1, kind: "bar" }, agent.peakMiB, plain.peakMiB],
    [{ what: `${memory} an empty Node.js`, atMost: 1.75, kind: "goal" }, agent.peakMiB, empty.peakMiB],
  ] as const;
  return limits.map(([limit, measured, base]) => ratioBar(limit, measured, base, isQuick));
}

function tableOf(runs: Readonly<Record<ProgramName, ProgramRuns>>) {
  const { agent } = runs;
  const rows = programNames.map((name) => {
    const { wallMs, cpuMs, peakMiB } = runs[name];
    const own = [spreadText(wallMs, 0), spreadText(cpuMs, 0), spreadText(peakMiB, 1)];
    if (name === "agent") return [name, ...own, "", "", ""];
    const beside = [
      ratioCell(agent.wallMs, wallMs),
      ratioCell(agent.cpuMs, cpuMs),
      ratioCell(agent.peakMiB, peakMiB),
    ];
    return [name, ...own, ...beside];
  });
  const head = ["", "wall ms", "CPU ms", "peak MiB", "agent/it, wall", "agent/it, CPU", "agent/it, peak"];
  return { title: "Start to exit, warm, 20 images, label write included", rows: [head, ...rows] };
}
