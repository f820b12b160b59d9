import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { exitCode } from "../../agent/exit-code.ts";
import { CommandError, runCommand } from "../run-command.ts";
import { programText, programUrl } from "./program-text.ts";

describe("programText", () => {
  const folder = mkdtempSync(join(tmpdir(), "program-text-"));
  after(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "program");
  const endOf = async (code: string) => {
    writeFileSync(program, `${programText.banner}\n${code}\n${programText.footer}\n`);
    try {
      return { exitCode: 0, ...(await runCommand(process.execPath, [program])) };
    } catch (error) {
      assert.ok(error instanceof CommandError);
      return error;
    }
  };

  it("ends with the code that the program ends with", async () => {
    for (const code of [0, 3])
      assert.equal((await endOf(`process.exitCode = await ${code};`)).exitCode, code);
  });

  it("ends as a fault where the program never comes to an end", async () => {
    assert.equal((await endOf("await new Promise(() => {});")).exitCode, exitCode.internal);
  });

  it("shows what the program throws", async () => {
    const { exitCode: code, stderr } = await endOf('throw new Error("a fault");');
    assert.equal(code, 1);
    assert.match(stderr, /Error: a fault/);
  });

  it("tells the program the URL of its file", async () => {
    const { stdout } = await endOf(`console.log(${programUrl});`);
    assert.equal(stdout, `${pathToFileURL(program).href}\n`);
  });
});
