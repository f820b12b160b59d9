import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "../cluster/file-lock.ts";
import { cacheFolder } from "../cluster/install/cache-folder.ts";
import { withElapsedLine } from "../cluster/install/elapsed-line.ts";
import { privateApt } from "../image/debian-packages.ts";
import { hostPlatform } from "../image/platform.ts";
import { runCommand } from "../run-command.ts";

type Log = (line: string) => void;

// Debian 12 has no other one, and its updates stay within it: a newer one is not worth a download.
const wantedVersion = /^containerd_1\.6\./;

/**
 * The path of the program `containerd` from Debian 12's package, which lies among the cluster's parts; downloaded, 26 MB,
 * where it is not there yet. Throws a sentence where this machine's Debian has another version.
 */
export async function ensureDebianContainerd(log: Log): Promise<string> {
  const folder = join(cacheFolder(), "parts", `debian-containerd-1.6-${hostPlatform().architecture}`);
  const program = join(folder, "containerd");
  const download = () =>
    existsSync(program)
      ? Promise.resolve()
      : withElapsedLine("downloading Debian's containerd", log, () => downloadTo(folder));
  if (!existsSync(program)) await withFileLock(`${folder}.lock`, download, log);
  return program;
}

async function downloadTo(folder: string): Promise<void> {
  const parts = join(cacheFolder(), "parts");
  await mkdir(parts, { recursive: true });
  const work = await mkdtemp(join(parts, "unfinished-"));
  try {
    const apt = await privateApt(hostPlatform(), work);
    await runCommand("apt-get", [...apt, "-qq", "update"]);
    await runCommand("apt-get", [...apt, "-qq", "download", "containerd"], { cwd: work });
    const archive = (await readdir(work)).find((file) => file.endsWith(".deb")) ?? "";
    if (!wantedVersion.test(archive))
      throw new Error(`the stories take Debian 12's containerd 1.6, and apt has ${archive}`);
    await runCommand("dpkg-deb", ["-x", join(work, archive), join(work, "root")]);
    const unfinished = join(work, "finished");
    await mkdir(unfinished);
    await rename(join(work, "root/usr/bin/containerd"), join(unfinished, "containerd"));
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } finally {
    await rm(work, { recursive: true });
  }
}
