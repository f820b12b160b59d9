import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runCommand } from "../run-command.ts";
import { envLines } from "./env-lines.ts";

describe("envLines()", () => {
  it("gives a shell each value as it is", async () => {
    const value = `it's $HOME; "x" \\ \`y\``;
    const script = `${envLines({ A: value, B: "2" }).join("\n")}\nprintf '%s|%s' "$A" "$B"`;
    assert.equal((await runCommand("sh", ["-c", script])).stdout, `${value}|2`);
  });
});
