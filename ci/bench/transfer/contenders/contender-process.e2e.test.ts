import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { waitUntil } from "../../../cluster/wait-until.ts";
import { isAlive } from "../../../e2e/support/agent-process.ts";
import { testCluster } from "../../../e2e/support/scene.ts";
import { runProgram } from "./contender-process.ts";

const never = new AbortController().signal;

/** Node.js runs the code, which is CommonJS. */
const program = (code: string, ...args: readonly string[]) => ({
  name: "it",
  args: ["-e", code, ...args] as const,
});

describe("a contender's process", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "contender-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is told with what it wrote, its memory, and its processor time up to the very end", async () => {
    const burnAtExit = `
      const usedMs = ({ user, system }) => (user + system) / 1_000;
      process.on("exit", () => { while (usedMs(process.cpuUsage()) < 400); });`;
    const holdMemory = "const held = Buffer.alloc(100 * 2 ** 20, 1);";
    const run = await runProgram(
      testCluster(),
      program(`${holdMemory} console.log("held", held.length); setTimeout(() => {}, 100); ${burnAtExit}`),
      never,
    );
    assert.equal(run.stdout, "held 104857600\n");
    assert.ok(run.cpuSeconds !== undefined && run.cpuSeconds >= 0.4, `${run.cpuSeconds} s`);
    assert.ok(run.peakRssMiB > 100 && run.peakRssMiB < 400, `${run.peakRssMiB} MiB`);
  });

  it("has an environment without what the bench was started with", async () => {
    process.env.BENCH_STORY = "seen";
    try {
      const { stdout } = await runProgram(
        testCluster(),
        program("console.log(process.env.BENCH_STORY)"),
        never,
      );
      assert.equal(stdout, "undefined\n");
    } finally {
      delete process.env.BENCH_STORY;
    }
  });

  it("fails with its last lines where it ends with another code than 0", async () => {
    const code = `console.log("one"); console.error("two"); process.exitCode = 3;`;
    await assert.rejects(runProgram(testCluster(), program(code), never), {
      message: "it ended with 3; its last lines:\none\ntwo\n",
    });
  });

  it("is killed with all that it has started when the signal aborts", async () => {
    const file = join(folder, "pid");
    const code = `
      const child = require("node:child_process").spawn("sleep", ["600"], { detached: true });
      require("node:fs").writeFileSync(process.argv[1], String(child.pid));`;
    const controller = new AbortController();
    const run = assert.rejects(runProgram(testCluster(), program(code, file), controller.signal), {
      message: "enough",
    });
    await waitUntil(
      "its child runs",
      10_000,
      () => existsSync(file) && isAlive(Number(readFileSync(file, "utf8"))),
    );
    controller.abort(new Error("enough"));
    await run;
    assert.equal(isAlive(Number(readFileSync(file, "utf8"))), false);
  });
});
