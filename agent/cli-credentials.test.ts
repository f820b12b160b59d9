import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArguments } from "./cli.ts";

const required = ["--instance=my-images", "--owner=default/my-images", "--node-name=node-1", "--image=nginx"];
const prefetchWith = (...argv: readonly string[]) =>
  parseArguments(["prefetch", ...required, ...argv], "1.2.3");

async function settingsOf(...argv: readonly string[]) {
  const command = await prefetchWith(...argv);
  assert.ok(command.kind === "prefetch", JSON.stringify(command));
  return command.settings;
}

const configFile = "--credential-providers-config-file";
const binDir = "--credential-providers-bin-dir";

describe("parseArguments(), where credentials come from,", () => {
  it("keeps each --pull-secret, in order", async () => {
    const { pullSecretFolders } = await settingsOf("--pull-secret=/x/b", "--pull-secret", "/x/a");
    assert.deepEqual(pullSecretFolders, ["/x/b", "/x/a"]);
  });

  it("takes the config and the folder of the credential providers, the last of each", async () => {
    const { credentialProviders } = await settingsOf(
      `${configFile}=/first/config.yaml`,
      `${binDir}=/x/bin`,
      `${configFile}=/x/config.yaml`,
    );
    assert.deepEqual(credentialProviders, { configFile: "/x/config.yaml", binDir: "/x/bin" });
  });

  const wrong: readonly [argv: readonly string[], message: RegExp][] = [
    [[`${configFile}=/x`], /need each other: give both or neither/],
    [[`${binDir}=/x`], /need each other: give both or neither/],
    [[`${configFile}=x`, `${binDir}=/x`], /--credential-providers-config-file is an absolute path, and "x" /],
    [[`${configFile}=`, `${binDir}=/x`], /--credential-providers-config-file is an absolute path, and "" /],
    [
      [`${configFile}=/x`, `${binDir}=./x`],
      /--credential-providers-bin-dir is an absolute path, and "\.\/x"/,
    ],
  ];
  for (const [argv, message] of wrong) {
    it(`refuses ${argv.join(" ")}`, async () => {
      const command = await prefetchWith(...argv);
      assert.ok(command.kind === "usage-error", JSON.stringify(command));
      assert.match(command.message, message);
    });
  }
});
