import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chart } from "./helm.ts";

/** A copy of the project's chart, as it could be later. Goes when it is disposed of. */
export interface ChartCopy extends AsyncDisposable {
  readonly folder: string;
}

/** Copies the chart and gives one field of the copy's Chart.yaml this value, all else as it is. */
export async function copyChart(field: "version" | "appVersion", value: string): Promise<ChartCopy> {
  const folder = await mkdtemp(join(tmpdir(), "chart-"));
  await cp(chart, folder, { recursive: true });
  const file = join(folder, "Chart.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(
    file,
    text.replace(new RegExp(`^${field}: .*$`, "m"), `${field}: ${JSON.stringify(value)}`),
  );
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
