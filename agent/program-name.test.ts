import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { programName } from "./program-name.ts";

describe("programName()", () => {
  it("is kubectl's word and its own for the plugin, wherever it lies", () => {
    for (const file of ["/usr/local/bin/kubectl-prefetcher", "kubectl-prefetcher"])
      assert.equal(programName(file), "kubectl prefetcher");
  });

  it("is its own for anything else", () => {
    for (const file of [
      "/prefetcher.mjs",
      "/src/agent/main.ts",
      "/kubectl-prefetcher/main.ts",
      "",
      undefined,
    ])
      assert.equal(programName(file), "prefetcher");
  });
});
