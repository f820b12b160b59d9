import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bundleProgram } from "../image/bundle.ts";
import { programText, programUrl } from "./program-text.ts";

/** What was built. */
export interface BuiltPlugin {
  /** The program: one executable file, which needs none of the others. */
  readonly program: string;
  /** The files that say whose code is in it. */
  readonly licences: readonly string[];
}

/** Writes the agent's commands as a plugin of kubectl into `folder`, which is made if need be. */
export async function buildPlugin(folder: string): Promise<BuiltPlugin> {
  // kubectl finds a plugin by its name.
  const program = join(folder, "kubectl-prefetcher");
  const licences = join(folder, "THIRD-PARTY-LICENSES.txt");
  await mkdir(folder, { recursive: true });
  await bundleProgram({
    outfile: program,
    licences,
    target: "node22",
    around: programText,
    define: {
      "import.meta.url": programUrl,
      // yargs asks for it for a file that another one `extends`, and does without.
      "import.meta.resolve": "undefined",
    },
  });
  await chmod(program, 0o755);
  return { program, licences: [licences, `${program}.LEGAL.txt`] };
}
