import type { ExitCode } from "../exit-code.ts";
import { visible, visibleJson } from "../visible.ts";
import { endWithError, type Streams, widthOf } from "./streams.ts";

/** What a command that looks at something comes to: a report, or a sentence that says why there is none. */
export type ReportResult<Report> =
  | { readonly kind: "report"; readonly exitCode: ExitCode; readonly report: Report }
  | { readonly kind: "stopped"; readonly exitCode: ExitCode; readonly message: string };

/** Prints the report as it was asked for, or says why there is none; returns the exit code. */
export function printReport<Report extends object>(
  result: ReportResult<Report>,
  output: "table" | "json",
  tableFrom: (report: Report, width: number | undefined) => string,
  streams: Streams,
): number {
  if (result.kind === "stopped") return endWithError(streams, result.exitCode, visible(result.message));
  const { report } = result;
  streams.stdout.write(output === "json" ? `${visibleJson(report)}\n` : tableFrom(report, widthOf(streams)));
  return result.exitCode;
}
