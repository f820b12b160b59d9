import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pullCalls } from "./pull-calls.ts";

const asked = String.raw`time="T" level=info msg="PullImage \"h:1/a:1\""`;
const ends = [
  String.raw`time="T" level=info msg="PullImage \"h:1/a:1\" returns image reference \"sha256:aa\""`,
  String.raw`time="T" level=error msg="PullImage \"h:1/a:1\" failed" error="no such image"`,
].join("\n");

describe("pullCalls()", () => {
  it("counts the calls since it was cleared, and not what became of them", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "calls-"));
    t.after(() => rm(folder, { recursive: true }));
    const log = join(folder, "containerd.log");
    await writeFile(log, `${asked}\n`);
    const calls = pullCalls(log);
    assert.equal(calls.count(), 0);
    await appendFile(log, `${asked}\n${ends}\n${asked}\n`);
    assert.equal(calls.count(), 2);
    calls.clear();
    await appendFile(log, `${ends}\n`);
    assert.equal(calls.count(), 0);
  });
});
