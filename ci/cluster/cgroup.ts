import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = "/sys/fs/cgroup";

/**
 * The machine's cgroup hierarchies: the folders under /sys/fs/cgroup with cgroup v1, that folder itself with v2.
 * Links such as `cpu -> cpu,cpuacct` are left out.
 */
export function hierarchies(): string[] {
  if (isUnified()) return [root];
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((folder) => join(root, folder.name));
}

/** The hierarchy in which processes are counted and found. A daemon that only must be found again joins no other. */
export function trackingHierarchy(): string {
  const [first = root, ...others] = hierarchies();
  return [first, ...others].find((hierarchy) => hierarchy.endsWith("/pids")) ?? first;
}

/** Makes the cgroup in each of `within`, so that processes and further cgroups can be put into it. */
export function makeCgroup(cgroup: string, within: readonly string[]): void {
  for (const hierarchy of within) {
    let folder = hierarchy;
    for (const name of cgroup.split("/")) {
      if (isUnified()) delegateControllers(folder);
      folder = join(folder, name);
      mkdirSync(folder, { recursive: true });
      copyCpuset(folder);
    }
    preferOverTools(join(hierarchy, cgroup.split("/")[0] ?? ""));
  }
}

/**
 * Gives the whole cluster more of a busy CPU than one process of those who drive it. All pods of all nodes would else
 * share what a single test runner gets, and an agent that requests 10m would wait seconds for its turn.
 */
function preferOverTools(folder: string): void {
  for (const [file, weight] of [
    ["cpu.shares", "16384"],
    ["cpu.weight", "1600"],
  ] as const) {
    if (existsSync(join(folder, file))) writeFileSync(join(folder, file), weight);
  }
}

/** The processes in the cgroup and all below it, as the host numbers them, in no particular order. */
export function processesIn(cgroup: string): number[] {
  return foldersBelow(join(trackingHierarchy(), cgroup)).flatMap(processesOf);
}

/** Kills whatever is in the cgroup and below it, and returns when nothing is left; throws after 20 s. */
export async function killCgroup(cgroup: string): Promise<void> {
  for (let attempt = 0; attempt < 800; attempt++) {
    const pids = processesIn(cgroup);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself in between.
      }
    }
    await sleep(25);
  }
  throw new Error(`processes ${processesIn(cgroup).join(", ")} in cgroup ${cgroup} do not end`);
}

/** Removes the cgroup, which must be empty of processes, from every hierarchy. Throws if the kernel keeps one. */
export async function removeCgroup(cgroup: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    // Killed processes leave a v1 hierarchy a moment after their last thread did.
    for (const folder of foldersBelow(join(hierarchy, cgroup)).reverse()) await removeFolder(folder);
  }
}

async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(25);
    }
  }
}

function isUnified(): boolean {
  return existsSync(join(root, "cgroup.controllers"));
}

/** With cgroup v2 a cgroup has only the controllers that its parent hands down. */
function delegateControllers(folder: string): void {
  const controllers = readFileSync(join(folder, "cgroup.controllers"), "utf8").split(/\s+/).filter(Boolean);
  for (const controller of controllers) {
    try {
      writeFileSync(join(folder, "cgroup.subtree_control"), `+${controller}`);
    } catch {
      // Not every kernel hands every one down. kubelet names those that it misses.
    }
  }
}

/** With cgroup v1 a new cpuset has no CPU and no memory, and takes no process until it has. */
function copyCpuset(folder: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const path = join(folder, file);
    if (isUnified() || !existsSync(path) || readFileSync(path, "utf8").trim() !== "") continue;
    writeFileSync(path, readFileSync(join(dirname(folder), file), "utf8"));
  }
}

/** The folder and all below it, parents first. */
function foldersBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [folder, ...entries.flatMap((entry) => foldersBelow(join(folder, entry.name)))];
  } catch {
    // It was never made, or is gone already.
    return [];
  }
}

function processesOf(folder: string): number[] {
  try {
    const text = readFileSync(join(folder, "cgroup.procs"), "utf8");
    return text.split("\n").filter(Boolean).map(Number);
  } catch {
    // The cgroup was removed in between.
    return [];
  }
}
