import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { runCommand } from "../../run-command.ts";
import { exitProgram, machineArchitecture } from "./exit-program.ts";

describe("exitProgram()", () => {
  it("ends at once with exit code 0 on this machine", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "exit-"));
    t.after(() => rm(folder, { recursive: true }));
    const path = join(folder, "exit");
    await writeFile(path, exitProgram(machineArchitecture), { mode: 0o755 });
    assert.equal((await runCommand(path, [], { timeoutMs: 5_000 })).stdout, "");
  });

  it("calls exit(0) by the number that each architecture has for it, and says for which it is", () => {
    for (const [architecture, machine, code] of [
      ["amd64", 62, "31ffb83c0000000f05"],
      ["arm64", 183, "000080d2a80b80d2010000d4"],
    ] as const) {
      const program = exitProgram(architecture);
      assert.equal(program.readUInt16LE(18), machine);
      const start = Number(program.readBigUInt64LE(24)) - Number(program.readBigUInt64LE(80));
      assert.equal(program.subarray(start).toString("hex"), code);
    }
  });
});
