import { join } from "node:path";
import type { Log } from "../cluster/log.ts";
import { root } from "../root.ts";
import { chartReadme } from "./chart-readme.ts";
import type { GeneratedFile } from "./generated-file.ts";
import { protoMessages } from "./proto-messages.ts";

/** All generated files of the project. What makes them is built first where it is not cached. */
export async function generatedFiles(log: Log): Promise<readonly GeneratedFile[]> {
  const chart = join(root, "charts/prefetcher");
  const readme = { path: join(chart, "README.md"), text: await chartReadme(chart, log) };
  return [...(await protoMessages()), readme];
}
