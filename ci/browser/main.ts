// `npm run screenshots`: says whether the README's pictures show what they are of as it is; with --update it takes them anew.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runMain } from "../run-main.ts";
import { withBrowser } from "./browser.ts";
import { picturedPage, picturedTerminal, screenshotsFolder, takeScreenshots } from "./screenshots.ts";

const log = (line: string) => void process.stdout.write(`${line}\n`);

await runMain(async () => {
  const { values } = parseArgs({ options: { update: { type: "boolean", default: false } } });
  const shown = [picturedPage(), await picturedTerminal()];
  if (!values.update) {
    if (shown.some(({ hash, hashFile }) => readFileSync(hashFile, "utf8").trim() !== hash))
      throw new Error(
        "it is no longer what the pictures show: `npm run screenshots -- --update` takes them anew",
      );
    return log("the pictures show it as it is");
  }
  mkdirSync(screenshotsFolder, { recursive: true });
  for (const { file, png } of await withBrowser(takeScreenshots)) {
    writeFileSync(file, png);
    log(`wrote ${file} (${Math.round(png.length / 1_000)} kB)`);
  }
  for (const { hash, hashFile } of shown) writeFileSync(hashFile, `${hash}\n`);
});
