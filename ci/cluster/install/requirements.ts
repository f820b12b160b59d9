import { accessSync, constants, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { installedGo } from "./go-toolchain.ts";
import { isNewEnough, wantedGoVersion } from "./go-toolchain.ts";
import { type HostProgram, hasApt } from "./host-programs.ts";
import type { Part } from "./parts.ts";

type InstalledGo = Awaited<ReturnType<typeof installedGo>>;

/** Something that the machine lacks. Its message names all that is missing, each with the remedy. */
export class MissingRequirements extends Error {
  constructor(sentences: readonly string[]) {
    super(
      sentences.length === 1
        ? (sentences[0] ?? "")
        : sentences.map((sentence) => `\n  - ${sentence}`).join(""),
    );
    this.name = "MissingRequirements";
  }
}

/** What keeps a cluster from running here at all, each a sentence with the remedy. */
export function lacksToRun(): string[] {
  if (process.platform !== "linux") {
    return [`a cluster needs Linux, and this is ${process.platform}: use a Linux machine or virtual machine`];
  }
  const lacks: string[] = [];
  if (process.getuid?.() !== 0)
    lacks.push("a cluster needs root (namespaces, mounts, bridges): run it by sudo");
  else if (!isWritable("/sys/fs/cgroup")) {
    lacks.push("/sys/fs/cgroup is read-only here: run it on a machine, or in a container with --privileged");
  }
  return lacks;
}

/** What keeps `parts` from being built. `go` is the Go that is installed, if any. */
export function lacksToBuild(parts: readonly Part[], go: InstalledGo): string[] {
  if (parts.length === 0) return [];
  const names = parts.map((part) => part.name).join(", ");
  const wanted = parts.map(wantedGoVersion).reduce((a, b) => (isNewEnough(a, b) ? a : b));
  const remedy = `install Go ${wanted} or newer (https://go.dev/dl) and have \`go\` on the PATH`;
  if (go === undefined) return [`no Go to build ${names}: ${remedy}`];
  const lacks: string[] = [];
  if (!isNewEnough(go.version, wanted)) lacks.push(`${go.version} is too old to build ${names}: ${remedy}`);
  const need = parts.reduce((sum, part) => sum + part.coldGigabytes, 0);
  const free = freeGigabytes(go.cacheFolder);
  if (free < need) {
    lacks.push(
      `building ${names} takes up to ${need} GB for Go's caches, and ${free.toFixed(1)} GB are free at ` +
        `${go.cacheFolder}: free some, or set GOCACHE, GOMODCACHE and XDG_CACHE_HOME to a larger disk`,
    );
  }
  return lacks;
}

/** What keeps `missing` from being installed here. */
export function lacksToInstall(missing: readonly HostProgram[]): string[] {
  if (missing.length === 0 || (hasApt() && process.getuid?.() === 0)) return [];
  const files = missing.map((program) => program.file).join(", ");
  const packages = [...new Set(missing.map((program) => program.package))].join(" ");
  return [`${files} not found: install them (on Debian: apt-get install ${packages})`];
}

function freeGigabytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return (bavail * bsize) / 1e9;
  } catch (error) {
    // A cache folder that is yet to be made is on the disk of the nearest folder that is there.
    if (folder === dirname(folder)) throw error;
    return freeGigabytes(dirname(folder));
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    // The reason does not matter: cgroups cannot be made.
    return false;
  }
}
