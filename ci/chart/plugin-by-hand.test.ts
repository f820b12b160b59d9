import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { requestFor } from "../../agent/credentials/provider-response.ts";
import { chart, runTool } from "./helm.ts";

const readme = readFileSync(`${chart}/README.md`, "utf8");

describe("the line in README.md that runs a plugin by hand", () => {
  const [line = ""] = /^ *echo .*$/m.exec(readme) ?? [];

  it("asks what the agent asks", () => {
    assert.equal(outputOf("/bin/cat", "-"), `${requestFor("REGISTRY/x")}\n`);
  });

  it("gives the plugin no other variables than are written there", () => {
    assert.equal(outputOf("/usr/bin/env", ""), "NAME=VALUE\n");
  });

  function outputOf(plugin: string, argument: string): string {
    const command = line.replace("PLUGIN", plugin).replace("ARGUMENT", argument);
    const { status, stdout, stderr } = runTool("sh", ["-c", command]);
    assert.equal(status, 0, stderr);
    return stdout;
  }
});
