import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withFileLock } from "./file-lock.ts";
import { clustersFolder, sharedLock } from "./folders.ts";
import { mountPoints } from "./node-mounts.ts";
import { writeFileAtomically } from "./write-file.ts";

/** What all clusters together changed on the host. */
interface HostSettings {
  /** What net.ipv4.ip_forward was before. */
  readonly ipForward: string;
  /** What fs.inotify.max_user_instances was before. */
  readonly inotifyInstances: string;
  /** Empty folders that were made for nodes to mount something over. */
  readonly madeFolders: readonly string[];
}

const ipForwardFile = "/proc/sys/net/ipv4/ip_forward";
const inotifyInstancesFile = "/proc/sys/fs/inotify/max_user_instances";

// A node takes 9 of them (kubelet 6, containerd 2, kube-proxy 1), and a usual limit is 128 for all that root runs. A
// containerd that gets none comes up without CRI, and its node never becomes Ready.
const enoughInotifyInstances = 1024;

/**
 * Turns forwarding on, lets root watch enough files and makes the nodes' mount points; notes what was otherwise before.
 */
export async function prepareHost(): Promise<void> {
  await withFileLock(sharedLock(), async () => {
    const before = {
      ipForward: readFileSync(ipForwardFile, "utf8").trim(),
      inotifyInstances: readFileSync(inotifyInstancesFile, "utf8").trim(),
      madeFolders: [],
      ...readSettings(),
    };
    const missing = mountPoints.flatMap(missingAncestors);
    // Noted before it is done: a run that is killed in between must not leave what nobody knows of.
    const madeFolders = [...new Set([...before.madeFolders, ...missing])];
    writeFileAtomically(settingsFile(), JSON.stringify({ ...before, madeFolders }));
    for (const folder of missing) mkdirSync(folder, { recursive: true });
    writeFileSync(ipForwardFile, "1");
    if (Number(before.inotifyInstances) < enoughInotifyInstances)
      writeFileSync(inotifyInstancesFile, String(enoughInotifyInstances));
  });
}

/** Puts everything back. To be called with the lock on what clusters share, when the last of them is gone. */
export function restoreHost(): void {
  const before = readSettings();
  if (before === undefined) return;
  writeFileSync(ipForwardFile, before.ipForward);
  if (before.inotifyInstances !== undefined) writeFileSync(inotifyInstancesFile, before.inotifyInstances);
  for (const folder of before.madeFolders.toReversed()) removeIfEmpty(folder);
  rmSync(settingsFile());
}

function missingAncestors(path: string): string[] {
  const ancestors = path.split("/").map((_, index, names) => names.slice(0, index + 1).join("/"));
  return ancestors.filter((ancestor) => ancestor !== "" && !existsSync(ancestor));
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody else's files are in it by now, or it is gone: neither is ours to change.
  }
}

function settingsFile(): string {
  return join(clustersFolder(), "host-settings.json");
}

/** A cluster that an older checkout brought up has not noted all of them. */
function readSettings():
  | (Pick<HostSettings, "ipForward" | "madeFolders"> & Partial<HostSettings>)
  | undefined {
  return existsSync(settingsFile())
    ? (JSON.parse(readFileSync(settingsFile(), "utf8")) as HostSettings)
    : undefined;
}
