import { readFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { version } from "../../agent/version.ts";
import { type PartName, partNamed, sourceFolderOf } from "../cluster/install/parts.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { pinnedVersion } from "./pinned-version.ts";
import type { Machine, Report } from "./report.ts";

const pinned: readonly [name: string, part: PartName, module: string][] = [
  ["containerd", "containerd", "github.com/containerd/containerd/v2"],
  ["kubernetes", "kubernetes", "k8s.io/kubernetes"],
  ["registry", "registry", "github.com/distribution/distribution/v3"],
];

/** What was measured, and where: the checkout, the machine, the versions. Throws where the checkout has no commit. */
export async function circumstances(): Promise<
  Pick<Report, "commit" | "isDirty" | "date" | "machine" | "versions">
> {
  const git = async (...args: string[]) => (await runCommand("git", args, { cwd: root })).stdout.trim();
  return {
    commit: await git("rev-parse", "HEAD"),
    isDirty: (await git("status", "--porcelain")) !== "",
    date: new Date().toISOString(),
    machine: machine(),
    versions: await versions(),
  };
}

function machine(): Machine {
  const [cpu] = cpus();
  return {
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    cpuModel: cpu?.model.trim() ?? "unknown",
    kernel: release(),
  };
}

async function versions(): Promise<Record<string, string>> {
  const parts = pinned.map(async ([name, part, module]) => {
    const goMod = await readFile(join(sourceFolderOf(partNamed(part)), "go.mod"), "utf8");
    return [name, pinnedVersion(goMod, module)] as const;
  });
  return { agent: version, node: process.version, ...Object.fromEntries(await Promise.all(parts)) };
}
