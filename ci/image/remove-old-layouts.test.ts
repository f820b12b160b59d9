import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { removeOldLayouts } from "./remove-old-layouts.ts";

describe("removeOldLayouts()", () => {
  let cache: string;
  const layout = (platforms: string, number: number) =>
    `${platforms}-${number.toString(16).padStart(16, "0")}`;
  before(async () => {
    cache = await mkdtemp(join(tmpdir(), "layouts-"));
    for (const number of [1, 2, 3, 4, 5, 6]) {
      for (const name of [layout("amd64", number), layout("amd64-arm64", number)]) {
        await mkdir(join(cache, name));
        await utimes(join(cache, name), number, number);
      }
    }
    await mkdir(join(cache, "amd64-packages"));
  });
  after(() => rm(cache, { recursive: true }));

  it("keeps the newest four of its platforms, and everything else", async () => {
    await removeOldLayouts(cache, "amd64-");
    const kept = [3, 4, 5, 6].map((number) => layout("amd64", number));
    const others = [1, 2, 3, 4, 5, 6].map((number) => layout("amd64-arm64", number));
    assert.deepEqual((await readdir(cache)).sort(), [...kept, ...others, "amd64-packages"].sort());
  });
});
