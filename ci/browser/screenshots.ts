import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { statusPageFrom } from "../../agent/fleet/page/status-page.ts";
import { root } from "../root.ts";
import { runInTerminal } from "../terminal/run-in-terminal.ts";
import { terminalHtml, terminalPicture } from "../terminal/terminal-screenshot.ts";
import { exampleReport } from "./example-report.ts";
import { withPage } from "./open-page.ts";

/** A picture in the README. */
export interface Screenshot {
  readonly file: string;
  readonly png: Buffer;
}

/** Where the committed pictures are. */
export const screenshotsFolder: string = join(root, "ci/browser/screenshots");

/** What committed pictures are of. */
export interface Pictured {
  readonly html: string;
  /** Of `html`, SHA-256. */
  readonly hash: string;
  /** Has the hash of what the committed pictures show. */
  readonly hashFile: string;
}

/** The README's page. */
export function picturedPage(): Pictured {
  return pictured("status-page", statusPageFrom(exampleReport));
}

/** The README's terminal, in which `status --watch` is at work. */
export async function picturedTerminal(): Promise<Pictured> {
  const program = join(import.meta.dirname, "show-watched-report.ts");
  await using run = await runInTerminal(process.execPath, [program], { columns: 110, rows: 26 });
  const exitCode = await run.ended;
  if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}:\n${run.history().join("\n")}`);
  return pictured("status-watch", terminalHtml(run.terminal));
}

function pictured(name: string, html: string): Pictured {
  const hash = createHash("sha256").update(html).digest("hex");
  return { html, hash, hashFile: join(screenshotsFolder, `${name}.sha256`) };
}

// The first release, down to what is wrong with it and why.
const viewport = { width: 1_060, height: 740 };

/** Pictures of both as they are now, of the page light and dark; all are twice as large as they are shown. */
export async function takeScreenshots(browser: Browser): Promise<readonly Screenshot[]> {
  const { html } = picturedPage();
  const pictures: Screenshot[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    const options = { colorScheme, viewport, deviceScaleFactor: 2 };
    const png = await withPage(browser, html, options, ({ page }) => page.screenshot());
    pictures.push({ file: join(screenshotsFolder, `status-${colorScheme}.png`), png });
  }
  const png = await terminalPicture(browser, (await picturedTerminal()).html);
  return [...pictures, { file: join(screenshotsFolder, "status-watch.png"), png }];
}
