import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { waitUntil } from "../cluster/wait-until.ts";
import { runInGroup } from "./run-in-group.ts";

describe("runInGroup()", () => {
  const folder = mkdtempSync(join(tmpdir(), "run-in-group-"));
  after(() => rmSync(folder, { recursive: true }));
  const options = { cwd: folder, env: process.env, signal: new AbortController().signal };
  const endless = (file: string) =>
    `sh -c "trap '' TERM; echo \\$\\$ > ${file}.new; mv ${file}.new ${file}; while :; do sleep 1; done"`;
  const pidFrom = async (file: string) => {
    await waitUntil(`${file} is there`, 20_000, () => existsSync(join(folder, file)), 10);
    return Number(readFileSync(join(folder, file), "utf8"));
  };
  const hasEnded = (pid: number) => waitUntil("it has ended", 5_000, () => !isRunning(pid), 10);

  it("says the exit code, and leaves nothing that the program has started", async () => {
    const script = `${endless("left")} & while [ ! -e left ]; do sleep 0.01; done; exit 3`;
    assert.equal(await runInGroup("sh", ["-c", script], options), 3);
    await hasEnded(await pidFrom("left"));
  });

  it("ends the program, and what it has started, when the signal aborts", async () => {
    const controller = new AbortController();
    const run = runInGroup("sh", ["-c", `${endless("cut")}; true`], {
      ...options,
      signal: controller.signal,
    });
    const pid = await pidFrom("cut");
    controller.abort(new Error("enough"));
    await assert.rejects(run, /^Error: enough$/);
    await hasEnded(pid);
  });

  it("starts nothing when the signal has aborted before", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    await assert.rejects(runInGroup("touch", ["started"], { ...options, signal }), /^Error: too late$/);
    assert.equal(existsSync(join(folder, "started")), false);
  });

  it("rejects where the program cannot be started", async () => {
    await assert.rejects(runInGroup(join(folder, "no-such-program"), [], options), /ENOENT/);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Killed, and not yet collected by the process that has taken it in.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
