import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { pictureDifference } from "./picture-difference.ts";
import { picturedPage, picturedTerminal, takeScreenshots } from "./screenshots.ts";
import { sharedBrowser } from "./shared-browser.ts";

const remedy = "`npm run screenshots -- --update` takes them anew";

// Another version of Chromium draws letters a little differently.
const mostOthers = 0.02;

describe("the README's pictures of status", () => {
  const browser = sharedBrowser();

  it("are of the page and the terminal as they are", async () => {
    for (const { hash, hashFile } of [picturedPage(), await picturedTerminal()]) {
      const committed = (await readFile(hashFile, "utf8")).trim();
      assert.equal(committed, hash, `${hashFile} is of something else: ${remedy}`);
    }
  });

  it("look as both do, and are small", async () => {
    const taken = await takeScreenshots(browser());
    const wanted = ["2120x1480", "2120x1480", "1928x974"];
    assert.equal(taken.length, wanted.length);
    for (const [index, { file, png }] of taken.entries()) {
      const committed = await readFile(file);
      const { sizes, share } = await pictureDifference(browser(), committed, png);
      assert.deepEqual(sizes, [wanted[index], wanted[index]]);
      assert.ok(share < mostOthers, `${(share * 100).toFixed(1)} % of ${file} is different: ${remedy}`);
      assert.ok(committed.length < 300_000, `${file} has ${committed.length} bytes`);
    }
  });

  it("would be found to be of another page", async () => {
    const [light, dark] = await takeScreenshots(browser());
    assert.ok(light !== undefined && dark !== undefined);
    assert.equal((await pictureDifference(browser(), light.png, light.png)).share, 0);
    assert.ok((await pictureDifference(browser(), light.png, dark.png)).share > 0.5);
  });
});
