import { join } from "node:path";
import { ensureDebianPrograms } from "../image/debian-programs.ts";

/**
 * The path of the program `containerd` from Debian 12's package, which lies among the cluster's parts; downloaded, 26 MB,
 * where it is not there yet. Throws a sentence where this machine's Debian has another version.
 */
export async function ensureDebianContainerd(log: (line: string) => void): Promise<string> {
  // Debian 12 has no other one, and its updates stay within it: a newer one is not worth a download.
  const wanted = { package: "containerd", version: "1.6", paths: ["usr/bin/containerd"] };
  return join(await ensureDebianPrograms(wanted, log), "containerd");
}
