import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import { privateApt } from "./debian-packages.ts";
import { hostPlatform, type Platform } from "./platform.ts";

// What qemu calls the processors.
const processors = { amd64: "x86_64", arm64: "aarch64" };

/**
 * The path of qemu's program that runs those of `platform` on this machine, which Debian's qemu-user-static has; 60 MB are downloaded to `cache`
 * where it is not there yet. It is unpacked and never installed: the package would register it with the kernel for the whole machine.
 */
export async function ensureInterpreter(platform: Platform, cache: string): Promise<string> {
  const program = `qemu-${processors[platform.architecture]}-static`;
  const target = join(cache, program);
  if (existsSync(target)) return target;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "interpreter-"));
  try {
    const apt = await privateApt(hostPlatform(), work);
    await runCommand("apt-get", [...apt, "-qq", "update"]);
    await runCommand("apt-get", [...apt, "-qq", "download", "qemu-user-static"], { cwd: work });
    const archive = (await readdir(work)).find((file) => file.endsWith(".deb")) ?? "";
    await runCommand("dpkg-deb", ["-x", join(work, archive), join(work, "root")]);
    await rename(join(work, "root/usr/bin", program), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}
