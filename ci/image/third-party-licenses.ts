import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The licences of the npm packages that the files `bundled` (paths with `node_modules/` in them, under `folder`) are of:
 * each licence's text once, after the names and versions of the packages that carry it.
 */
export function thirdPartyLicenses(folder: string, bundled: readonly string[]): string {
  const namesOf = new Map<string, string[]>();
  for (const path of packagesOf(bundled)) {
    const { name, text } = licenceOf(join(folder, path));
    namesOf.set(text, [...(namesOf.get(text) ?? []), name]);
  }
  const sections = [...namesOf].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  return `The agent is bundled from parts of these npm packages.\n\n${sections.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** The packages' folders, sorted, each once: `node_modules/pino`, `node_modules/@grpc/grpc-js`. */
function packagesOf(files: readonly string[]): readonly string[] {
  const folderOf = (file: string) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [];
  return [...new Set(files.flatMap(folderOf))].sort();
}

function licenceOf(folder: string): { name: string; text: string } {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  // A package without the text has only the name of its licence to pass on.
  return { name: `${name} ${version}`, text: texts.join("\n\n") || `${license}` };
}
