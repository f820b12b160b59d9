import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { goEnvironment } from "../cluster/install/go-toolchain.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { protoDifferences } from "./support/proto-differences.ts";

const ours = readFileSync(join(root, "protos/cri/v1/cri.proto"), "utf8");

/** The interface that a part of the cluster was built from, in the version that its go.mod names. */
async function interfaceOf(part: "containerd" | "kubernetes"): Promise<{ version: string; text: string }> {
  const options = { cwd: join(root, "ci/cluster/parts", part), env: goEnvironment({ cgo: false }) };
  // Only this module, checked against go.sum: where the part came from the cache, it was never downloaded.
  const { stdout } = await runCommand("go", ["mod", "download", "-json", "k8s.io/cri-api"], options);
  const { Version, Dir } = JSON.parse(stdout) as { Version: string; Dir: string };
  return { version: Version, text: readFileSync(join(Dir, "pkg/apis/runtime/v1/api.proto"), "utf8") };
}

describe("protos/cri/v1/cri.proto", () => {
  for (const part of ["containerd", "kubernetes"] as const) {
    it(`is a part of the interface that the cluster's ${part} was built from`, async (test) => {
      const { version, text } = await interfaceOf(part);
      test.diagnostic(`k8s.io/cri-api ${version}`);
      assert.deepEqual(protoDifferences(ours, text), []);
    });
  }

  const mistakes = [
    ["string image_ref = 1;", "string image_ref = 2;", "PullImageResponse.image_ref"],
    ["uint64 size = 4;", "uint32 size = 4;", "Image.size"],
    ["repeated string repo_tags = 2;", "string repo_tags = 2;", "Image.repo_tags"],
    ["string username = 1;", "string user_name = 1;", "AuthConfig.user_name"],
    ["returns (VersionResponse)", "returns (ImageStatusResponse)", "RuntimeService.Version"],
    ["message ImageSpec {", "message ImageSpecification {", "there is no ImageSpecification"],
    ["package runtime.v1;", "package runtime.v1alpha2;", "the package is runtime.v1alpha2"],
  ] as const;
  for (const [line, mistake, named] of mistakes) {
    it(`would not be with \`${mistake}\``, async () => {
      assert.ok(ours.includes(line));
      const differences = protoDifferences(
        ours.replace(line, mistake),
        (await interfaceOf("containerd")).text,
      );
      assert.ok(
        differences.some((difference) => difference.startsWith(named)),
        differences.join("\n"),
      );
    });
  }
});
