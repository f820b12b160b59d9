import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { browserPath, ensureBrowser } from "./ensure-browser.ts";
import { fontSettings } from "./fonts.ts";

// It is root's in a container, where its sandbox cannot be; all that it opens are this project's own pages.
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Not what this machine's fonts are set to: the screenshots are compared.
  "--font-render-hinting=none",
];

/**
 * What `use` makes of a Chromium without a window, which is installed first where it is not there. Its profile is empty, its fonts are the same on every machine, and
 * neither a process nor a file of it is left, however `use` ends.
 */
export async function withBrowser<Result>(use: (browser: Browser) => Promise<Result>): Promise<Result> {
  await ensureBrowser((line) => void process.stderr.write(`${line}\n`));
  const home = await mkdtemp(join(tmpdir(), "browser-"));
  try {
    const fonts = join(home, "fonts.conf");
    await writeFile(fonts, fontSettings(join(home, "fonts")));
    const browser = await chromium.launch({
      executablePath: browserPath,
      args: flags,
      env: { PATH: "/usr/bin:/bin", HOME: home, TMPDIR: home, XDG_RUNTIME_DIR: home, FONTCONFIG_FILE: fonts },
    });
    try {
      return await use(browser);
    } finally {
      await browser.close();
    }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
