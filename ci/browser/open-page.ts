import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A page that a browser shows, and what it did beside showing it. */
export interface OpenedPage {
  readonly page: Page;
  /** The addresses that it asked for, but for its own file. */
  readonly requests: readonly string[];
  /** What the browser complained of: errors of the page's script, and what its policy refused. */
  readonly complaints: readonly string[];
}

/** What `use` makes of this HTML, opened from a file as a user does, in a context of its own. Neither is left afterwards. */
export async function withPage<Result>(
  browser: Browser,
  html: string,
  options: BrowserContextOptions,
  use: (opened: OpenedPage) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "page-"));
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  try {
    const file = join(folder, "status.html");
    await writeFile(file, html);
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    const url = pathToFileURL(file).href;
    page.on("request", (request) => void (request.url() === url || requests.push(request.url())));
    page.on("pageerror", (error) => void complaints.push(error.message));
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    await page.goto(url);
    return await use({ page, requests, complaints });
  } finally {
    await context.close();
    await rm(folder, { recursive: true });
  }
}
