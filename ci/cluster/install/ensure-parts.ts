import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withFileLock } from "../file-lock.ts";
import type { Log } from "../log.ts";
import { buildPart } from "./build-part.ts";
import { cacheFolder } from "./cache-folder.ts";
import { withElapsedLine } from "./elapsed-line.ts";
import { installedGo } from "./go-toolchain.ts";
import { type HostProgram, installPrograms, missingPrograms, programsToBuild } from "./host-programs.ts";
import { partKey } from "./part-key.ts";
import { type Part, type PartName, partNamed, sourceFolderOf } from "./parts.ts";
import { lacksToBuild, lacksToInstall, MissingRequirements } from "./requirements.ts";

/** The parts that are to be built and what that takes. */
interface BuildPlan {
  readonly wanted: readonly { part: Part; folder: string }[];
  readonly toBuild: readonly { part: Part; folder: string }[];
  readonly missing: readonly HostProgram[];
  readonly lacks: readonly string[];
}

/**
 * The folders of the parts' binaries, in the order of `names`; what is not cached is built first, one part
 * after the other. Throws MissingRequirements before it builds anything. It takes root only where a part
 * with cgo is to be built and a compiler must be installed.
 */
export async function ensureParts(names: readonly PartName[], log: Log): Promise<string[]> {
  const { wanted, toBuild, missing, lacks } = await planBuild(names);
  if (lacks.length > 0) throw new MissingRequirements(lacks);
  if (missing.length > 0) await installPrograms(missing, log);
  for (const { part, folder } of toBuild) {
    const what = `building ${part.name} (about ${part.coldMinutes} min with empty caches)`;
    // Another run may be building this very part: then wait for it instead.
    const build = async () =>
      existsSync(folder) ? undefined : await withElapsedLine(what, log, () => buildPart(part, folder));
    await withFileLock(`${folder}.lock`, build, log);
  }
  return wanted.map(({ folder }) => folder);
}

/** What keeps the parts that are not cached from being built here, each a sentence with the remedy. */
export async function lacksForParts(names: readonly PartName[]): Promise<readonly string[]> {
  return (await planBuild(names)).lacks;
}

async function planBuild(names: readonly PartName[]): Promise<BuildPlan> {
  const go = await installedGo();
  const wanted = names.map(partNamed).map((part) => ({ part, folder: folderOf(part, go?.version) }));
  const toBuild = wanted.filter(({ folder }) => !existsSync(folder));
  const parts = toBuild.map(({ part }) => part);
  const missing = parts.some((part) => part.cgo) ? missingPrograms(programsToBuild) : [];
  return { wanted, toBuild, missing, lacks: [...lacksToBuild(parts, go), ...lacksToInstall(missing)] };
}

/** Where the part is, or will be, for this Go. */
function folderOf(part: Part, goVersion: string | undefined): string {
  const source = sourceFolderOf(part);
  const files = readdirSync(source).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file));
  const sources = Object.fromEntries(files.map((file) => [file, readFileSync(join(source, file), "utf8")]));
  const { packages, flags, cgo, renames } = part;
  const key = partKey({
    sources,
    packages,
    flags,
    cgo,
    renames,
    goVersion: goVersion ?? "none",
    architecture: process.arch,
  });
  return join(cacheFolder(), "parts", `${part.name}-${key}`);
}
