import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { runInNewContext } from "node:vm";
import { exitCode } from "../../agent/exit-code.ts";
import { root } from "../root.ts";
import { leastNode, nodeGuard } from "./node-guard.ts";

describe("nodeGuard", () => {
  /** What it writes, and ends with, where Node.js is of this version. */
  const endOn = (node: string) => {
    const said: unknown[] = [];
    const process = {
      versions: { node },
      execPath: "/opt/node",
      exit: (code: number) => said.push(code),
    };
    runInNewContext(nodeGuard, { process, console: { error: (text: string) => said.push(text) } });
    return said;
  };

  for (const node of ["22.19.0", "22.20.1", "23.0.0", "24.21.0", "100.1.0"]) {
    it(`lets ${node} pass`, () => assert.deepEqual(endOn(node), []));
  }

  for (const node of ["22.18.9", "22.9.0", "21.30.0", "4.2.0"]) {
    it(`says what is needed in the place of ${node}`, () => {
      const sentence = `error: kubectl-prefetcher needs Node.js 22.19 or newer, and /opt/node is ${node}`;
      assert.deepEqual(endOn(node), [sentence, exitCode.usage]);
    });
  }

  it("wants what the most demanding of the packages wants", () => {
    const text = readFileSync(join(root, "node_modules/undici/package.json"), "utf8");
    assert.equal(JSON.parse(text).engines.node, `>=${leastNode}.0`);
  });
});
