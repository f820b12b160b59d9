import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chart, runTool } from "./helm.ts";

describe("helm-unittest", () => {
  it("passes the suites in charts/prefetcher/tests", () => {
    assertPasses([]);
  });

  it("passes those that have to hold when Helm is told to skip the schema", () => {
    assertPasses(["--skip-schema-validation", "--file", "tests/without-schema/*_test.yaml"]);
  });
});

function assertPasses(flags: readonly string[]): void {
  const { status, stdout, stderr } = runTool("helm-unittest", ["--strict", ...flags, chart]);
  assert.equal(status, 0, stdout + stderr);
  // A pattern that finds no suite would end with 0 as well.
  assert.match(stdout, /Test Suites: .*[1-9]\d* passed/);
}
