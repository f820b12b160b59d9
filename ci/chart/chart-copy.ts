import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A copy of the project's chart, as its next version would be. Goes when it is disposed of. */
export interface ChartCopy extends AsyncDisposable {
  readonly folder: string;
}

/** Copies the chart and gives the copy this `version`, all else as it is. */
export async function copyChart(version: string): Promise<ChartCopy> {
  const folder = await mkdtemp(join(tmpdir(), "chart-"));
  await cp(join(import.meta.dirname, "../../../charts/prefetcher"), folder, { recursive: true });
  const file = join(folder, "Chart.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/^version: .*$/m, `version: ${version}`));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
