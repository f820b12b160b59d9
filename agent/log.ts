import pino from "pino";
import { redact } from "./redact.ts";

/** One JSON line on stdout a call: the fields, then the message. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log whose every line carries `bindings`, with RFC 3339 times and levels by name. */
export function createLog(bindings: object): Log {
  const destination = pino.destination({ fd: 1, sync: true });
  // A reader of the log that went away must not stop the pulls.
  destination.on("error", () => {});
  return pino(
    {
      base: bindings,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redactLine },
    },
    destination,
  );
}

/** A line of the log without secrets. Each text by itself: the line must stay JSON, whatever is cut out of it. */
function redactLine(line: string): string {
  const redacted = JSON.stringify(JSON.parse(line), (field, value: unknown) =>
    // An entry's display name is free of secrets already, and must stay the name that the annotation has.
    typeof value === "string" && field !== "image" ? redact(value) : value,
  );
  return `${redacted}\n`;
}
