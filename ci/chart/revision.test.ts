import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agentArguments, runTool } from "./helm.ts";
import vectors from "./revision-vectors.json" with { type: "json" };

const revisionFlag = "--revision=";

describe("the revision", () => {
  for (const vector of vectors) {
    it(`is sha256sum's for ${vector.name}`, () => {
      assert.equal(runTool("sh", ["-c", vector.command]).stdout, `${vector.revision}\n`);
    });

    it(`is the chart's for ${vector.name}`, () => {
      assert.equal(chartRevision(vector.lines, vector.policy), vector.revision);
    });
  }

  it("is the same for REF and for {ref: REF}", () => {
    const references = ["registry.example.com/b:1", "registry.example.com/a:1"];
    const maps = references.map((ref) => ({ ref }));
    assert.equal(chartRevision(maps), chartRevision(references));
    assert.equal(chartRevision([...maps, ...references]), chartRevision(references));
  });

  it("depends on the list and the policy, and on no other value", () => {
    const base = chartRevision(["registry.example.com/a:1"]);
    const others = {
      instanceName: "other",
      pull: { concurrency: 1, timeout: "1m", onFailure: "continue" },
      label: { timeout: "1s" },
      image: { tag: "other" },
    };
    assert.equal(chartRevision(["registry.example.com/a:1"], "IfNotPresent", others), base);
    assert.notEqual(chartRevision(["registry.example.com/a:2"]), base);
    assert.notEqual(chartRevision(["registry.example.com/a:1"], "Always"), base);
  });
});

function chartRevision(
  images: readonly unknown[],
  policy = "IfNotPresent",
  others: { pull?: object } = {},
): string {
  const values = { ...others, images, pull: { ...others.pull, policy } };
  const flag = agentArguments({ values }).find((argument) => argument.startsWith(revisionFlag));
  return flag?.slice(revisionFlag.length) ?? "";
}
