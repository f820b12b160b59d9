import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../run-command.ts";
import type { Log } from "../log.ts";
import { withElapsedLine } from "./elapsed-line.ts";

/** A file that must be there, as a program name or an absolute path, and Debian's package that has it. */
export interface HostProgram {
  readonly file: string;
  readonly package: string;
}

/** What running a cluster takes from the machine. */
export const programsToRun: readonly HostProgram[] = [
  { file: "etcd", package: "etcd-server" },
  { file: "/usr/lib/cni/bridge", package: "containernetworking-plugins" },
  { file: "catatonit", package: "catatonit" },
  { file: "iptables", package: "iptables" },
  { file: "conntrack", package: "conntrack" },
  { file: "ip", package: "iproute2" },
  { file: "flock", package: "util-linux" },
  { file: "nsenter", package: "util-linux" },
  { file: "openssl", package: "openssl" },
  { file: "mount", package: "mount" },
  { file: "mkfs.ext4", package: "e2fsprogs" },
  { file: "tar", package: "tar" },
];

/** What building a part with cgo takes: runc links libseccomp. */
export const programsToBuild: readonly HostProgram[] = [
  { file: "gcc", package: "gcc" },
  { file: "/usr/include/stdlib.h", package: "libc6-dev" },
  { file: "pkg-config", package: "pkg-config" },
  { file: "/usr/include/seccomp.h", package: "libseccomp-dev" },
];

/** What showing pages takes: a browser, and the fonts that every machine is to show them in. */
export const programsToBrowse: readonly HostProgram[] = [
  { file: "/usr/bin/chromium", package: "chromium" },
  { file: "/usr/share/fonts/opentype/inter/Inter-Regular.otf", package: "fonts-inter" },
  { file: "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", package: "fonts-dejavu-core" },
];

/** Those of `programs` that the machine does not have. */
export function missingPrograms(programs: readonly HostProgram[]): HostProgram[] {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];
  return programs.filter(
    ({ file }) => !(file.startsWith("/") ? [file] : folders.map((folder) => join(folder, file))).some(exists),
  );
}

/** Installs the packages of the missing programs by apt. It takes root and a Debian or a relative of it. */
export async function installPrograms(missing: readonly HostProgram[], log: Log): Promise<void> {
  const packages = [...new Set(missing.map((program) => program.package))];
  // RUNLEVEL=1: a package that brings a service (etcd-server) must not start it.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  await withElapsedLine(`installing ${packages.join(", ")} by apt-get`, log, async () => {
    await runCommand("apt-get", ["update", "-qq"], { env });
    await runCommand("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
  });
}

/** Whether apt is what installs software here. */
export function hasApt(): boolean {
  return exists("/usr/bin/apt-get");
}

function exists(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return true;
  } catch {
    // Not there, or not for us to see: either way it cannot be used.
    return false;
  }
}
