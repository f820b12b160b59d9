import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PartInputs, partKey } from "./part-key.ts";

const inputs: PartInputs = {
  sources: { "go.mod": "module a", "go.sum": "x" },
  packages: ["."],
  flags: ["-tags", "seccomp"],
  cgo: true,
  goVersion: "go1.26.8",
  architecture: "x64",
};

describe("partKey()", () => {
  it("is the same for the same inputs in whatever order the files come", () => {
    assert.equal(partKey({ ...inputs, sources: { "go.sum": "x", "go.mod": "module a" } }), partKey(inputs));
  });

  it("differs when any input does", () => {
    const others: Partial<PartInputs>[] = [
      { sources: { "go.mod": "module a", "go.sum": "y" } },
      { sources: { "go.mod": "module a", "go.sum": "x", "main.go": "" } },
      { packages: ["./b"] },
      { flags: [] },
      { cgo: false },
      { renames: { b: "c" } },
      { goVersion: "go1.26.9" },
      { architecture: "arm64" },
    ];
    const keys = new Set([inputs, ...others.map((other) => ({ ...inputs, ...other }))].map(partKey));
    assert.equal(keys.size, others.length + 1);
  });
});
