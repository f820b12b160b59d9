import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { chart, type Helm, runTool } from "./helm.ts";

const wanted = ["Chart.yaml", "README.md", "values.yaml", "values.schema.json", ".helmignore"];

for (const helm of ["helm", "helm3"] as const) {
  describe(`the chart as ${helm} packages it`, () => {
    it("has every template and dashboard, and none of what is for those who work on the chart", () => {
      const parts = ["templates", "dashboards"].flatMap(filesBelow);
      assert.deepEqual(packagedFiles(helm).sort(), [...wanted, ...parts].sort());
    });
  });
}

/** The files in one of the chart's folders and below it, relative to the chart's folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(chart, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(chart.length + 1));
}

/** The files of the package, relative to the chart's folder. */
function packagedFiles(helm: Helm): string[] {
  const folder = mkdtempSync(join(tmpdir(), "chart-package-"));
  try {
    const packaged = runTool(helm, ["package", chart, "--destination", folder]);
    assert.equal(packaged.status, 0, packaged.stderr);
    const [archive = ""] = readdirSync(folder);
    const listing = runTool("tar", ["--list", "--gzip", "--file", join(folder, archive)]);
    return listing.stdout
      .trimEnd()
      .split("\n")
      .map((path) => path.replace(/^prefetcher\//, ""));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
