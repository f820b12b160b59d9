import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { waitUntil } from "./cluster/wait-until.ts";
import { root } from "./root.ts";
import { runCommand } from "./run-command.ts";
import { isGreen, runTestFiles } from "./test-runner.ts";

describe("runTestFiles()", () => {
  const folder = mkdtempSync(join(tmpdir(), "test-runner-"));
  after(() => rmSync(folder, { recursive: true }));
  const fileWith = (name: string, body: string) => {
    const path = join(folder, `${name}.test.mjs`);
    writeFileSync(path, `import { it } from "node:test";\n${body}\n`);
    return path;
  };
  const options = { concurrency: 2, timeoutMs: 30_000 };

  it("counts what passed, failed and was skipped over all files", async () => {
    const files = [
      fileWith(
        "mixed",
        `it("a", () => {}); it("b", () => { throw new Error("meant to fail"); }); it.skip("c");`,
      ),
      fileWith("green", `it("d", () => {}); it.todo("e");`),
    ];
    // In a process of its own, or the failure that is meant would stand in this run's report.
    const script = `
      import { runTestFiles } from ${JSON.stringify(join(root, "ci/test-runner.ts"))};
      process.stderr.write(JSON.stringify(await runTestFiles(${JSON.stringify(files)}, ${JSON.stringify(options)})));`;
    const { stderr } = await runCommand(process.execPath, ["--input-type=module", "--eval", script]);
    assert.deepEqual(JSON.parse(stderr), { passed: 2, failed: 1, skipped: 2 });
  });

  it("ends the run, and what its tests have started, when its signal aborts", async () => {
    const pidFile = join(folder, "pid");
    const script = `echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; trap '' TERM; while :; do sleep 1; done`;
    const file = fileWith(
      "endless",
      `import { spawnSync } from "node:child_process"; it("f", () => { spawnSync("sh", ["-c", ${JSON.stringify(script)}]); });`,
    );
    const controller = new AbortController();
    const run = runTestFiles([file], { ...options, signal: controller.signal });
    await waitUntil("the shell runs", 20_000, () => existsSync(pidFile), 10);
    const pid = Number(readFileSync(pidFile, "utf8"));
    controller.abort(new Error("enough"));
    await assert.rejects(run, /^Error: enough$/);
    await waitUntil("the shell has ended", 5_000, () => !isRunning(pid), 10);
  });

  it("starts nothing when its signal has aborted before", async () => {
    const trace = join(folder, "trace");
    const file = fileWith("trace", `import { writeFileSync } from "node:fs"; writeFileSync("${trace}", "");`);
    const signal = AbortSignal.abort(new Error("too late"));
    await assert.rejects(runTestFiles([file], { ...options, signal }), /^Error: too late$/);
    assert.equal(existsSync(trace), false);
  });
});

describe("isGreen()", () => {
  it("wants something that passed, and nothing that failed or was skipped", () => {
    assert.equal(isGreen({ passed: 1, failed: 0, skipped: 0 }), true);
    assert.equal(isGreen({ passed: 0, failed: 0, skipped: 0 }), false);
    assert.equal(isGreen({ passed: 1, failed: 1, skipped: 0 }), false);
    assert.equal(isGreen({ passed: 1, failed: 0, skipped: 1 }), false);
  });
});

function isRunning(pid: number): boolean {
  try {
    // One that ended and was not yet waited for has no arguments.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    // It ended and was waited for.
    return false;
  }
}
