import { basename } from "node:path";

/** How a person calls this program, given the file that was started: `kubectl prefetcher` where that is kubectl's plugin. */
export function programName(file: string | undefined): string {
  return basename(file ?? "") === "kubectl-prefetcher" ? "kubectl prefetcher" : "prefetcher";
}
