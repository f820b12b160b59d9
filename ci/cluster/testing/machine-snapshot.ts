import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname } from "node:path";
import { runCommand } from "../../run-command.ts";
import { clustersFolder } from "../folders.ts";
import { loopFilesBelow } from "../node-disk.ts";
import type { Bystanders } from "./bystanders.ts";
import { type Process, processes } from "./processes.ts";

/** What a cluster could leave on a machine: for each kind a set of lines that can be compared. */
export type MachineSnapshot = Readonly<Record<SnapshotKind, ReadonlySet<string>>>;
type SnapshotKind =
  | "processes"
  | "mounts"
  | "disks"
  | "namespaces"
  | "links"
  | "routes"
  | "iptables"
  | "cgroups"
  | "folders";

/** Folders that Kubernetes' parts make on a machine by default. */
const suspectFolders = [
  ...[
    "/etc/cni",
    "/etc/kubernetes",
    "/opt/cni",
    "/opt/containerd",
    "/opt/nri",
    "/run/containerd",
    "/run/netns",
  ],
  ...["/usr/libexec/kubernetes", "/var/lib/cni", "/var/lib/containerd", "/var/lib/kubelet", "/var/lib/etcd"],
  ...["/var/log/containers", "/var/log/pods", "/var/run/kubernetes", "/run/runc"],
];

/**
 * The machine as it is now, without what belongs to one of the bystanders. Of processes it has those that show one of
 * the `marks` in command line, cgroup or environment, which is inherited: others come and go at any time.
 */
export async function machineSnapshot(
  bystanders: Bystanders,
  marks: readonly string[],
): Promise<MachineSnapshot> {
  const own = processes().filter((process) => !bystanders.owns(process.cgroup));
  const marked = own.filter(({ command, cgroup, environment }) =>
    marks.some((mark) => `${command} ${cgroup} ${environment}`.includes(mark)),
  );
  const lines = async (program: string, ...args: string[]) => {
    const { stdout } = await runCommand(program, args);
    return new Set(stdout.split("\n").filter((line) => line !== "" && !bystanders.owns(line)));
  };
  const cgroups = foldersBelow("/sys/fs/cgroup").filter(
    (path) => !isForeignCgroup(path) && !bystanders.owns(path),
  );
  return {
    processes: new Set(marked.map((process) => `${process.pid} ${process.command}`)),
    mounts: new Set(mounts().filter((line) => !bystanders.owns(line))),
    disks: new Set(loopFilesBelow(clustersFolder()).filter((file) => !bystanders.owns(file))),
    namespaces: new Set(own.flatMap(namespacesOf)),
    links: new Set(readdirSync("/sys/class/net").filter((name) => !bystanders.owns(name))),
    routes: new Set([
      ...(await lines("ip", "-4", "route", "show", "table", "all")),
      ...(await lines("ip", "-6", "route", "show", "table", "all")),
    ]),
    iptables: new Set([...(await lines("iptables-save"))].filter(isRule)),
    cgroups: new Set(cgroups),
    // Bystanders use these too, as mount points.
    folders: new Set(bystanders.areThere ? [] : suspectFolders.filter(existsSync)),
  };
}

/** What is in `after` and not in `before`, or the other way round, as lines such as `links: +cni0`. */
export function differences(before: MachineSnapshot, after: MachineSnapshot): string[] {
  const kinds = Object.keys(before) as SnapshotKind[];
  return kinds.flatMap((kind) => {
    const added = [...after[kind]].filter((line) => !before[kind].has(line));
    // Namespaces of others end whenever they like.
    const removed = kind === "namespaces" ? [] : [...before[kind]].filter((line) => !after[kind].has(line));
    return [...added.map((line) => `${kind}: +${line}`), ...removed.map((line) => `${kind}: -${line}`)];
  });
}

function mounts(): string[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").trimEnd().split("\n");
  return lines.map((line) => `${line.split(" ")[4]} ${line.split(" - ")[1]}`);
}

function namespacesOf(process: Process): string[] {
  return ["net", "mnt", "pid", "uts", "ipc"].flatMap((kind) => {
    try {
      return readlinkSync(`/proc/${process.pid}/ns/${kind}`);
    } catch {
      // The process ended in between.
      return [];
    }
  });
}

/** With iptables' nft variant the first rule makes a table that stays when it is empty again: that is not a trace. */
function isRule(line: string): boolean {
  return (
    line.startsWith("-A ") || (line.startsWith(":") && !/^:(INPUT|OUTPUT|FORWARD|P\w+) ACCEPT /.test(line))
  );
}

/** systemd's units, and what stands beside this process's own cgroup, come and go without us. */
function isForeignCgroup(path: string): boolean {
  if (/\.(slice|scope|service|mount|socket)(\/|$)/.test(path)) return true;
  const own = readFileSync("/proc/self/cgroup", "utf8").trimEnd().split("\n");
  const parents = own.map((line) => dirname(line.split(":")[2] ?? "/")).filter((parent) => parent !== "/");
  return parents.some((parent) => path.includes(`${parent}/`));
}

function foldersBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return entries.map((entry) => `${folder}/${entry.name}`).flatMap((path) => [path, ...foldersBelow(path)]);
  } catch {
    // It was removed in between.
    return [];
  }
}
