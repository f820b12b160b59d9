import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../run-command.ts";
import { type Part, sourceFolderOf } from "./parts.ts";

/** The environment in which Go builds nothing but what go.mod and go.sum name, with the Go that is installed. */
export function goEnvironment(part: Pick<Part, "cgo">): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CGO_ENABLED: part.cgo ? "1" : "0",
    // No version stamp: a part must not be built again because this repository has a new commit.
    GOFLAGS: "-mod=readonly -buildvcs=false",
    GOTOOLCHAIN: "local",
    GOWORK: "off",
  };
}

/** Go's version, such as `go1.26.8`, and the folder of its build cache; undefined if there is no Go. */
export async function installedGo(): Promise<{ version: string; cacheFolder: string } | undefined> {
  try {
    const env = goEnvironment({ cgo: false });
    const { stdout } = await runCommand("go", ["env", "GOVERSION", "GOCACHE"], { env });
    const [version = "", cacheFolder = ""] = stdout.split("\n");
    return { version, cacheFolder };
  } catch {
    // Whatever is wrong with it, the remedy is the same: install Go.
    return undefined;
  }
}

/** The Go version that the part's go.mod asks for, such as `1.26.0`. */
export function wantedGoVersion(part: Part): string {
  const text = readFileSync(join(sourceFolderOf(part), "go.mod"), "utf8");
  return /^go (\S+)$/m.exec(text)?.[1] ?? "1.26.0";
}

/** Whether `installed` (`go1.26.8`) is `wanted` (`1.26.0`) or newer. */
export function isNewEnough(installed: string, wanted: string): boolean {
  const [have, want] = [numbersIn(installed), numbersIn(wanted)];
  for (const [index, number] of want.entries()) {
    const other = have[index] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}

function numbersIn(version: string): number[] {
  return (/\d+(\.\d+)*/.exec(version)?.[0] ?? "").split(".").map(Number);
}
