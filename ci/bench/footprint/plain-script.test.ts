import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

describe("the script that the agent is measured by", () => {
  it("has 40 lines at most, blank ones and comments left out", () => {
    const lines = ["plain-script.ts", "plain-work.ts"].flatMap((name) =>
      readFileSync(join(import.meta.dirname, name), "utf8").split("\n"),
    );
    const count = lines
      .map((line) => line.trim())
      .filter((line) => line !== "" && !/^\/[/*]/.test(line)).length;
    assert.ok(count <= 40, `${count} lines`);
  });
});
