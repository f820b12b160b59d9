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

  it("says by this process's clock when one of the images was first asked for since it was cleared", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "calls-"));
    t.after(() => rm(folder, { recursive: true }));
    const log = join(folder, "containerd.log");
    const at = (wallMs: number) => asked.replace("T", new Date(wallMs).toISOString());
    const nowMs = Date.now();
    await writeFile(log, `${at(nowMs - 5_000)}\n`);
    const calls = pullCalls(log);
    assert.equal(calls.firstAtMs(["h:1/a:1"]), undefined);
    await appendFile(log, `${at(nowMs - 1_000)}\n${at(nowMs)}\n`);
    const agoMs = performance.now() - (calls.firstAtMs(["h:1/a:1"]) ?? Number.NaN) - (Date.now() - nowMs);
    assert.ok(Math.abs(agoMs - 1_000) < 10, `${agoMs}`);
    assert.equal(calls.firstAtMs(["h:1/other:1"]), undefined);
  });
});
