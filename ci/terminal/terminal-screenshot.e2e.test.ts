import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createScreen } from "./screen.ts";
import { terminalHtml, terminalScreenshot } from "./terminal-screenshot.ts";

describe("terminalScreenshot()", () => {
  it("writes a picture of what the screen shows, as large as the screen", async () => {
    const folder = await mkdtemp(join(tmpdir(), "picture-"));
    try {
      const sizes: number[] = [];
      for (const columns of [20, 80]) {
        const screen = createScreen({ columns, rows: 4 });
        await screen.write("\x1b[31mfailed\x1b[0m <b>&");
        const html = terminalHtml(screen.terminal);
        assert.ok(html.includes("color: #ff8177;'>failed</span>"));
        assert.ok(html.includes(" &lt;b>&amp;"));
        const file = join(folder, `${columns}.png`);
        await terminalScreenshot(screen.terminal, file);
        const png = await readFile(file);
        assert.equal(png.subarray(1, 4).toString(), "PNG");
        sizes.push(png.readUInt32BE(16));
      }
      assert.ok((sizes[1] ?? 0) > 2 * (sizes[0] ?? 0), sizes.join());
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
