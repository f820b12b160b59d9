// `npm run generate` writes the files that are made from others; `npm run check` fails where one of them is stale.
import { writeFileSync } from "node:fs";
import { runMain } from "../run-main.ts";
import { generatedFiles } from "./generated-files.ts";

const log = (line: string) => void process.stdout.write(`${line}\n`);

await runMain(async () => {
  for (const file of await generatedFiles(log)) {
    writeFileSync(file.path, file.text);
    log(`wrote ${file.path}`);
  }
});
