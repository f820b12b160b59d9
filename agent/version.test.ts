import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { parse } from "yaml";
import packageJson from "../package.json" with { type: "json" };
import { version } from "./version.ts";

describe("version", () => {
  it("is the package's", () => assert.equal(version, packageJson.version));

  it("is the chart's appVersion, a text", async () => {
    const path = new URL("../charts/prefetcher/Chart.yaml", import.meta.url);
    const chart = parse(await readFile(path, "utf8")) as { appVersion: unknown };
    assert.equal(chart.appVersion, version);
  });
});
