import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { withFileLock } from "../cluster/file-lock.ts";
import { cacheFolder } from "../cluster/install/cache-folder.ts";
import { withElapsedLine } from "../cluster/install/elapsed-line.ts";
import { runCommand } from "../run-command.ts";
import { privateApt } from "./debian-packages.ts";
import { hostPlatform } from "./platform.ts";

/** Programs that are wanted from one of Debian's packages. */
export interface DebianPrograms {
  readonly package: string;
  /** What the names of the package's files of the wanted version begin with, and what that version is called in the cache: `1.6`. */
  readonly version: string;
  /** Their paths in the package. */
  readonly paths: readonly string[];
}

/**
 * The folder, among the cluster's parts, of the programs for this machine; the package is downloaded where they are not there yet. It is unpacked
 * and never installed: what comes with a service would start that with the machine. Throws a sentence where this machine's Debian has
 * another version.
 */
export async function ensureDebianPrograms(
  wanted: DebianPrograms,
  log: (line: string) => void,
): Promise<string> {
  const { architecture } = hostPlatform();
  const name = `debian-${wanted.package}-${wanted.version}-${architecture}`;
  const folder = join(cacheFolder(), "parts", name);
  const download = async () => {
    if (existsSync(folder)) return;
    await withElapsedLine(`downloading Debian's ${wanted.package}`, log, () => downloadTo(folder, wanted));
  };
  if (!existsSync(folder)) await withFileLock(`${folder}.lock`, download, log);
  return folder;
}

async function downloadTo(folder: string, wanted: DebianPrograms): Promise<void> {
  const parts = join(cacheFolder(), "parts");
  await mkdir(parts, { recursive: true });
  const work = await mkdtemp(join(parts, "unfinished-"));
  try {
    const apt = await privateApt(hostPlatform(), work);
    await runCommand("apt-get", [...apt, "-qq", "update"]);
    await runCommand("apt-get", [...apt, "-qq", "download", wanted.package], { cwd: work });
    const archive = (await readdir(work)).find((file) => file.endsWith(".deb")) ?? "";
    if (!archive.startsWith(`${wanted.package}_${wanted.version}.`)) {
      throw new Error(
        `the stories take Debian 12's ${wanted.package} ${wanted.version}, and apt has ${archive}`,
      );
    }
    await runCommand("dpkg-deb", ["-x", join(work, archive), join(work, "root")]);
    const unfinished = join(work, "finished");
    await mkdir(unfinished);
    for (const path of wanted.paths) {
      await rename(join(work, "root", path), join(unfinished, basename(path)));
    }
    await rename(unfinished, folder);
  } finally {
    await rm(work, { recursive: true });
  }
}
