import { readFileSync } from "node:fs";

/** The last lines of a log file, for a message; what it says instead if there is no such file. */
export function fileTail(path: string, lines = 8): string {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    // A daemon that never started has no log.
    return "(no such file)";
  }
}
