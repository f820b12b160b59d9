import { writeFile } from "node:fs/promises";
import { SerializeAddon } from "@xterm/addon-serialize";
import type { Terminal } from "@xterm/headless";
import type { Browser } from "playwright-core";
import { withBrowser } from "../browser/browser.ts";

const background = "#14181f";

const style = `body{margin:0;background:${background}}
main{display:inline-block;padding:16px 18px;background:${background}}
pre{margin:0}
pre div{font-family:"DejaVu Sans Mono",monospace!important;font-size:14px!important;line-height:1.25}`;

// The emulator's own sixteen are made for a light ground; the grey ones can hardly be read on this.
const colours: Readonly<Record<string, string>> = {
  "#cc0000": "#ff8177",
  "#4e9a06": "#5fce7f",
  "#c4a000": "#e8b55c",
  "#3465a4": "#86b6ff",
  "#75507b": "#c9a6f5",
  "#06989a": "#5fc9d8",
  "#555753": "#7e8997",
};

/** Writes a picture of what the terminal shows, in a browser's fonts and colours, as a PNG. */
export async function terminalScreenshot(terminal: Terminal, file: string): Promise<void> {
  await writeFile(file, await withBrowser((browser) => terminalPicture(browser, terminalHtml(terminal))));
}

/** What the terminal shows, as a page. It is the same for the same screen: its hash says whether a picture is of it. */
export function terminalHtml(terminal: Terminal): string {
  const addon = new SerializeAddon();
  terminal.loadAddon(addon as unknown as Parameters<Terminal["loadAddon"]>[0]);
  const copied = addon.serializeAsHTML({ scrollback: 0, includeGlobalBackground: false });
  addon.dispose();
  const [pre = ""] = /<pre>[\s\S]*<\/pre>/.exec(copied) ?? [];
  // Where a cell has no colour of its own it would be black on white.
  const ours = pre
    .replaceAll(/#[0-9a-f]{6}(?=;)/g, (colour) => colours[colour] ?? colour)
    .replace(
      /color: #000000; background-color: #ffffff;/,
      `color: #e4e8ee; background-color: ${background};`,
    );
  return `<!doctype html><meta charset=utf-8><style>${style}</style><main>${ours}</main>`;
}

/** That page as a PNG of twice its size, for screens that have as much. */
export async function terminalPicture(browser: Browser, html: string): Promise<Buffer> {
  const context = await browser.newContext({ deviceScaleFactor: 2, viewport: { width: 1_600, height: 900 } });
  try {
    const page = await context.newPage();
    await page.setContent(html);
    return await page.locator("main").screenshot();
  } finally {
    await context.close();
  }
}
