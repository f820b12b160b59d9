import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
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
  const page = createPageFile(path, clock);
  const made: string[] = [];
  for (const text of texts) {
    page.offer(() => {
      made.push(`${clock.nowMs() / 1_000} ${text}`);
      return text;
    });
    await clock.advance(1_000);
  }
  return { clock, page, made };
}

describe("createPageFile()", () => {
  it("writes the first text at once, and the last one when it is finished", () =>
    withFolder(async (folder) => {
      const path = join(folder, "x.html");
      const { page, made, clock } = await offered(path, ["a", "b", "c"]);
      assert.deepEqual(made, ["0 a"]);
      assert.equal(await page.finish(), undefined);
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
      await page.finish();
      assert.equal(await readFile(join(folder, "x"), "utf8"), "d");
    }));

  it("writes nothing where nothing was offered", () =>
    withFolder(async (folder) => {
      assert.equal(await createPageFile(join(folder, "x"), createFakeClock()).finish(), undefined);
      assert.deepEqual(await readdir(folder), []);
    }));

  it("leaves a link a link", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "real"), "former");
      await symlink("real", join(folder, "link"));
      const { page } = await offered(join(folder, "link"), ["a"]);
      await page.finish();
      assert.equal(await readFile(join(folder, "real"), "utf8"), "a");
    }));

  it("says so where it cannot be written, tries no more, and leaves nothing behind", () =>
    withFolder(async (folder) => {
      const { page, made } = await offered(join(folder, "none", "x"), ["a"]);
      assert.match((await page.finish()) ?? "", /^\/.*\/none\/x cannot be written: ENOENT/);
      assert.ok(page.failed.aborted);
      page.offer(() => "b");
      await page.finish();
      assert.deepEqual(made, ["0 a"]);
      assert.deepEqual(await readdir(folder), []);
    }));

  it("leaves nothing behind where the text was written, and could not be put in its place", () =>
    withFolder(async (folder) => {
      const { page } = await offered(`${folder}/x/`, ["a"]);
      assert.match((await page.finish()) ?? "", /x\/ cannot be written: /);
      assert.deepEqual(await readdir(folder), []);
    }));

  it("puts no file in the place of something else", () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, "x"));
      const { page } = await offered(join(folder, "x"), ["a"]);
      assert.match((await page.finish()) ?? "", /x cannot be written: it is there, and no file$/);
      assert.deepEqual(await readdir(folder), ["x"]);
    }));
});
