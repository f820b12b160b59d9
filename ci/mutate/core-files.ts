import { glob } from "node:fs/promises";
import { join, relative } from "node:path";
import { root } from "../root.ts";
import { leastReachingFirst } from "./least-reaching-first.ts";

// By folder, not by name: a new file is mutated unless somebody gives a reason against it below. Of the adapters it is
// what finds the reason of a failure, and the keyring; the rest is calls, which the conformance tests and the stories hold.
const core = [
  "agent/*.ts",
  "agent/fleet/**/*.ts",
  "agent/commands/*.ts",
  "agent/credentials/*.ts",
  "agent/cri/{failure-,status-details}*.ts",
];

/** Files of the core's folders that are left out, their tests too, each with the reason. */
export const leftOut: Readonly<Record<string, string>> = {
  "agent/main.ts": "wiring; main.test.ts and the stories run it as a process, which takes seconds",
  "agent/cli.ts": "the texts and defaults of the flags; yargs makes each run of its tests take a second",
  "agent/cli-credentials.test.ts": "the same",
  "agent/cli-commands.test.ts": "the same",
  "agent/flags.ts": "the same",
  "agent/flag-values.ts": "the same; its tests are those of the flags",
  "agent/doctor-flags.ts": "the same",
  "agent/sockets-in.ts": "lists a folder for a sentence of advice",
  "agent/log.ts": "the settings of pino, whose tests start a process for each line they read",
  "agent/report.ts": "wording of the log, which tests would hold for the score's sake alone",
  "agent/clock.ts": "the real timers; what is wrong with them makes a test wait, not fail",
  "agent/memory.ts": "flags of V8",
  "agent/memory.e2e.test.ts": "measures whole processes for half a minute",
  "agent/version.ts": "one constant, which a release sets",
  "agent/fault-rows-process.test.ts": "runs the agent as a process, which takes seconds",
  "agent/secrets.test.ts": "the same",
  "agent/credentials/provider-agent.test.ts": "the same",
  "agent/credentials/provider-program.ts":
    "starts and kills programs: a mutant that does not would leave them on the machine; its tests wait for real ones",
  "agent/fleet/page/status-page-style.ts": "the page's CSS; ci/browser's tests hold it",
  "agent/fleet/page/status-page-script.ts": "the page's script as text; the same",
  "agent/boundaries.test.ts": "reads the sources, and would find what the mutants bring into them",
};

/** Paths below the checkout. */
export interface CoreFiles {
  /** What is mutated. */
  readonly sources: readonly string[];
  /** All tests that may find a mutant, in the order in which they are tried. */
  readonly tests: readonly string[];
}

/** The agent's core; of its sources only those that have one of `parts` in their path. Throws where a part finds none. */
export async function coreFiles(parts: readonly string[] = []): Promise<CoreFiles> {
  const paths = new Set<string>();
  for await (const path of glob(core, { cwd: root })) paths.add(path);
  const kept = [...paths].filter((path) => !(path in leftOut) && !(sourceOf(path) in leftOut)).sort();
  const all = kept.filter((path) => path === sourceOf(path));
  const stray = parts.find((part) => !all.some((path) => path.includes(part)));
  if (stray !== undefined) throw new Error(`no file of the agent's core has ${stray} in its path`);
  const isWanted = (path: string) => parts.length === 0 || parts.some((part) => path.includes(part));
  const tests = kept.filter((path) => path !== sourceOf(path)).map((path) => join(root, path));
  return {
    sources: all.filter(isWanted),
    tests: (await leastReachingFirst(tests)).map((path) => relative(root, path)),
  };
}

function sourceOf(path: string): string {
  return path.replace(/\.test\.ts$/, ".ts");
}
