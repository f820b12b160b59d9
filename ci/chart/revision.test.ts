import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agentArguments, runTool } from "./helm.ts";
import vectors from "./revision-vectors.json" with { type: "json" };

const revisionFlag = "--revision=";
const imageFlag = "--image=";

describe("the revision", () => {
  for (const vector of vectors) {
    it(`is sha256sum's for ${vector.name}`, () => {
      assert.equal(runTool("sh", ["-c", vector.command]).stdout, `${vector.revision}\n`);
    });

    it(`is the chart's for ${vector.name}`, () => {
      assert.equal(chartRevision(vector.images ?? vector.lines, vector.policy), vector.revision);
    });

    // What the values and the agent's arguments have in two forms, which the vector has both of.
    if (vector.images === undefined) continue;
    it(`is counted over the agent's arguments for ${vector.name}`, () => {
      assert.deepEqual(chartLines(vector.images), vector.lines);
    });
  }

  it("is the same for REF, {ref: REF} and {ref: REF, required: true}", () => {
    const references = ["registry.example.com/b:1", "registry.example.com/a:1"];
    const maps = references.map((ref) => ({ ref }));
    const requiredMaps = references.map((ref) => ({ ref, required: true }));
    assert.equal(chartRevision(maps), chartRevision(references));
    assert.equal(chartRevision(requiredMaps), chartRevision(references));
    assert.equal(chartRevision([...maps, ...references, ...requiredMaps]), chartRevision(references));
  });

  it("is another one for each option of an entry", () => {
    const first = "registry.example.com/a:1";
    const ref = "registry.example.com/b:1";
    const seconds = [
      ref,
      { ref, required: false },
      { ref, platforms: ["linux/amd64"] },
      { ref, platforms: ["linux/amd64", "linux/arm64"] },
      { ref, required: false, platforms: ["linux/amd64"] },
    ];
    const revisions = new Set(seconds.map((second) => chartRevision([first, second])));
    assert.equal(revisions.size, seconds.length);
  });

  it("is the same with credentials and without, since the list is the same", () => {
    const credentialProviders = { enabled: true, configFile: "/etc/config.yaml", binDir: "/opt/bin" };
    const secrets = ["team-a", { name: "team-b", optional: true }];
    const credentials = { pull: { secrets }, credentialProviders };
    assert.equal(chartRevision(["a"], "Always", credentials), chartRevision(["a"], "Always"));
    assert.notDeepEqual(
      agentArguments({ values: { ...credentials, images: ["a"] } }),
      agentArguments({ values: { images: ["a"] } }),
    );
  });

  it("depends on the list and the policy, and on no other value", () => {
    const base = chartRevision(["registry.example.com/a:1"]);
    const others = {
      instanceName: "other",
      pull: { concurrency: 1, timeout: "1m", attemptTimeout: "10s", onFailure: "continue" },
      disk: { minFreePercent: 0 },
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
  return valuesOf(revisionFlag, agentArguments({ values }))[0] ?? "";
}

/** The entries' lines, in the order of the arguments. */
function chartLines(images: readonly unknown[]): readonly string[] {
  return valuesOf(imageFlag, agentArguments({ values: { images } }));
}

function valuesOf(flag: string, argv: readonly string[]): readonly string[] {
  return argv.filter((argument) => argument.startsWith(flag)).map((argument) => argument.slice(flag.length));
}
