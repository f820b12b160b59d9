import { exitCode } from "../exit-code.ts";
import { entriesFromLines, linesOf } from "../image-list.ts";
import { type PullPolicy, revisionOf } from "../revision.ts";
import type { CommandResult } from "./command-result.ts";

/** The revision of the list, as the chart computes it too; the message is the revision alone. */
export function revision(lines: readonly string[], pullPolicy: PullPolicy): CommandResult {
  if (lines.length === 0) return { exitCode: exitCode.usage, message: "the list is empty" };
  return { exitCode: exitCode.done, message: revisionOf(pullPolicy, linesOf(entriesFromLines(lines))) };
}
