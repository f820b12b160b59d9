import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import { diskMountPoint } from "./node-mounts.ts";
import type { NodeOptions, RecordedNode } from "./node-record.ts";
import { waitUntil } from "./wait-until.ts";

// It takes a file system with its journal and what a pod needs.
const smallestDiskMiB = 64;

/** Throws a sentence if a node cannot have the disk that the options ask for. */
export function checkDisk({ diskMiB = 0, kubeletDefaultsForDisk = false }: NodeOptions): void {
  if (diskMiB !== 0 && !(Number.isInteger(diskMiB) && diskMiB >= smallestDiskMiB))
    throw new Error(`a node's disk takes a whole number of MiB from ${smallestDiskMiB} on, not ${diskMiB}`);
  if (kubeletDefaultsForDisk && diskMiB === 0)
    throw new Error(
      "kubelet's default thresholds are for a node with a disk of its own, not for the machine's",
    );
}

/** Throws a sentence if the options ask for a disk and this machine has no loop devices. */
export function checkLoopDevices({ diskMiB = 0 }: NodeOptions): void {
  if (diskMiB !== 0 && !existsSync("/dev/loop-control"))
    throw new Error("a node's disk takes a loop device, and /dev/loop-control is not there: `modprobe loop`");
}

/** The file that is the node's disk; undefined where the node's files lie on the machine's. */
export function diskFile(node: RecordedNode): string | undefined {
  return node.diskMiB > 0 ? join(node.dataDir, "disk.img") : undefined;
}

/** Makes the node's disk, an empty ext4 in a sparse file, where it is to have one and has none yet. */
export async function makeDisk(node: RecordedNode): Promise<void> {
  const file = diskFile(node);
  if (file === undefined || existsSync(file)) return;
  // One that a killed run was just making must not be taken for a disk.
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, "");
  truncateSync(unfinished, node.diskMiB * 1024 * 1024);
  await runCommand("mkfs.ext4", ["-q", "-F", unfinished]);
  renameSync(unfinished, file);
}

/** Empties the containerd of a stopped node. */
export async function wipeContainerd(node: RecordedNode): Promise<void> {
  const file = diskFile(node);
  if (file === undefined) {
    rmSync(join(node.dataDir, "containerd"), { recursive: true, force: true });
    return;
  }
  // In a mount namespace of its own, with which the mount goes whatever happens to this process.
  const script = 'mkdir -p "$2" && mount -o loop "$1" "$2" && rm -rf "$2/containerd"';
  const mountPoint = join(node.dataDir, diskMountPoint);
  await runCommand("unshare", ["--mount", "sh", "-c", script, "sh", file, mountPoint]);
  await diskReleased(node.dataDir);
}

/**
 * Returns once no loop device has its file below `folder`. The kernel lets go of a disk when the node's mount namespace
 * ends, which is a moment after its last process did.
 */
export async function diskReleased(folder: string): Promise<void> {
  await waitUntil(`disks in ${folder} unmounted`, 20_000, () => loopFilesBelow(folder).length === 0, 25);
}

/** The files below `folder` that a loop device has right now. */
export function loopFilesBelow(folder: string): readonly string[] {
  const devices = existsSync("/sys/block") ? readdirSync("/sys/block") : [];
  return devices.flatMap((device) => {
    const file = backingFile(device);
    return file?.startsWith(`${folder}/`) ? [file] : [];
  });
}

function backingFile(device: string): string | undefined {
  try {
    return readFileSync(`/sys/block/${device}/loop/backing_file`, "utf8").trim();
  } catch {
    // No loop device, or one without a file.
    return undefined;
  }
}
