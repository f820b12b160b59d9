// `npm run generate` writes the files that are made from others; `npm run check` fails where one of them is stale.
import { writeFileSync } from "node:fs";
import { generatedFiles } from "./generated-files.ts";

for (const file of await generatedFiles()) {
  writeFileSync(file.path, file.text);
  process.stdout.write(`wrote ${file.path}\n`);
}
