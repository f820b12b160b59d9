import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { withFileLock } from "./file-lock.ts";

describe("withFileLock()", () => {
  const folder = mkdtempSync(join(tmpdir(), "file-lock-"));
  after(() => rmSync(folder, { recursive: true }));

  it("lets one action after the other have the lock", async () => {
    const path = join(folder, "new-folder", "lock");
    let holders = 0;
    const action = async () => {
      holders += 1;
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(holders, 1);
      holders -= 1;
    };
    await Promise.all([withFileLock(path, action), withFileLock(path, action), withFileLock(path, action)]);
  });

  it("gives up waiting when its signal aborts", async () => {
    const path = join(folder, "lock");
    const controller = new AbortController();
    await withFileLock(path, async () => {
      const waiting = withFileLock(
        path,
        async () => assert.fail("locked twice"),
        undefined,
        controller.signal,
      );
      controller.abort(new Error("enough"));
      await assert.rejects(waiting, /^Error: enough$/);
    });
    assert.equal(await withFileLock(path, async () => 1), 1);
  });

  it("gives the lock back when the action throws", async () => {
    const path = join(folder, "lock");
    await assert.rejects(
      withFileLock(path, () => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
    assert.equal(await withFileLock(path, async () => 1), 1);
  });
});
