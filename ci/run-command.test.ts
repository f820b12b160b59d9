import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CommandError, runCommand } from "./run-command.ts";

describe("runCommand()", () => {
  it("returns both outputs, and gives the command its input", async () => {
    const output = await runCommand("sh", ["-c", "cat; echo err >&2"], { input: "in" });
    assert.deepEqual(output, { stdout: "in", stderr: "err\n" });
  });

  it("names the command, the exit code and the end of what it said", async () => {
    await assert.rejects(runCommand("sh", ["-c", "echo why >&2; exit 3"]), (error) => {
      assert.ok(error instanceof CommandError);
      assert.equal(error.exitCode, 3);
      assert.equal(error.message, "`sh -c echo why >&2; exit 3` ended with exit code 3:\nwhy");
      return true;
    });
  });

  it("says so when the program is not there", async () => {
    await assert.rejects(
      runCommand("no-such-program", []),
      /`no-such-program` could not be run \(.*ENOENT\)/,
    );
  });

  it("kills the command at the end of its time", async () => {
    await assert.rejects(runCommand("sleep", ["10"], { timeoutMs: 5 }), /`sleep 10` was ended by SIGKILL/);
  });
});
