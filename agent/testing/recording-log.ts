import type { Log } from "../log.ts";

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A log that keeps its lines for a test to read. */
export interface RecordingLog extends Log {
  readonly lines: readonly LogLine[];
  /** The fields of the lines that say `message`. */
  fieldsOf(message: string): readonly Readonly<Record<string, unknown>>[];
}

export function createRecordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const record = (level: LogLine["level"]) => (fields: object, message: string) => {
    lines.push({ level, message, fields: { ...fields } });
  };
  return {
    lines,
    fieldsOf: (message) => lines.filter((line) => line.message === message).map(({ fields }) => fields),
    info: record("info"),
    warn: record("warn"),
    error: record("error"),
  };
}
