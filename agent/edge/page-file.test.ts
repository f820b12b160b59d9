import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createPageFile } from "./page-file.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "page-file-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Offers each text, 1 s after the other, and has what was made of them. */
async function offered(path: string, texts: readonly string[]) {
  const clock = createFakeClock();
  const told: string[] = [];
  const page = createPageFile(path, clock, (problem) => told.push(problem));
  const made: string[] = [];
  for (const text of texts) {
    page.offer(() => {
      made.push(`${clock.nowMs() / 1_000} ${text}`);
      return text;
    });
    await clock.advance(1_000);
  }
  return { clock, page, made, told };
}

describe("createPageFile()", () => {
  it("writes the first text at once, and the last one when it is finished", () =>
    withFolder(async (folder) => {
      const path = join(folder, "x.html");
      const { page, made, clock } = await offered(path, ["a", "b", "c"]);
      assert.deepEqual(made, ["0 a"]);
      assert.equal(page.finish(), undefined);
      assert.deepEqual(made, ["0 a", "3 c"]);
      assert.equal(await readFile(path, "utf8"), "c");
      assert.deepEqual(await readdir(folder), ["x.html"]);
      assert.equal(clock.pendingCount(), 0);
    }));

  it("writes every 5 s at most, and the newest text then", () =>
    withFolder(async (folder) => {
      const { page, made, clock } = await offered(join(folder, "x"), ["a", "b", "c"]);
      await clock.advance(2_000);
      assert.deepEqual(made, ["0 a", "5 c"]);
      await clock.advance(20_000);
      page.offer(() => "d");
      await clock.advance(0);
      assert.equal(clock.pendingCount(), 0);
      page.finish();
      assert.equal(await readFile(join(folder, "x"), "utf8"), "d");
    }));

  it("writes nothing where nothing was offered", () =>
    withFolder(async (folder) => {
      const page = createPageFile(join(folder, "x"), createFakeClock(), () => {});
      assert.equal(page.finish(), undefined);
      assert.deepEqual(await readdir(folder), []);
    }));

  it("says so where it cannot be written, tries no more, and leaves nothing behind", () =>
    withFolder(async (folder) => {
      const { page, made } = await offered(join(folder, "none", "x"), ["a"]);
      assert.match(page.finish() ?? "", /^\/.*\/none\/x cannot be written: ENOENT/);
      assert.ok(page.failed.aborted);
      page.offer(() => "b");
      page.finish();
      assert.deepEqual(made, ["0 a"]);
      assert.deepEqual(await readdir(folder), []);
    }));

  it("tells once of a later text that cannot be written, and writes again as soon as it can", () =>
    withFolder(async (folder) => {
      const inner = join(folder, "inner");
      await mkdir(inner);
      const { page, clock, told } = await offered(join(inner, "x"), ["a"]);
      await rm(inner, { recursive: true });
      for (const text of ["b", "c"]) {
        page.offer(() => text);
        await clock.advance(5_000);
      }
      assert.equal(told.length, 1);
      assert.match(told[0] ?? "", /^\/.*\/inner\/x cannot be written: ENOENT/);
      assert.ok(!page.failed.aborted);
      await mkdir(inner);
      page.offer(() => "d");
      assert.equal(page.finish(), undefined);
      assert.equal(await readFile(join(inner, "x"), "utf8"), "d");
    }));
});
