import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../run-command.ts";
import { goEnvironment } from "./go-toolchain.ts";
import { type Part, sourceFolderOf } from "./parts.ts";

/**
 * Builds the part into `folder`, which is there only once all of it is: the build goes to a folder beside it
 * that is renamed at the end.
 */
export async function buildPart(part: Part, folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const args = ["build", "-trimpath", ...part.flags, "-o", `${unfinished}/`, ...part.packages];
  await runCommand("go", args, { cwd: sourceFolderOf(part), env: goEnvironment(part) });
  for (const [built, name] of Object.entries(part.renames ?? {})) {
    await rename(join(unfinished, built), join(unfinished, name));
  }
  for (const [link, target] of Object.entries(part.links ?? {})) {
    await symlink(target, join(unfinished, link));
  }
  await rename(unfinished, folder);
}
