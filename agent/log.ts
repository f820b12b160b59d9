import type { Writable } from "node:stream";
import pino from "pino";
import { redact } from "./redact.ts";

/** One JSON line a call: the fields, then the message. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Where the lines go. */
export type LogStream = Pick<Writable, "write" | "writableLength">;

// Some thirty thousand lines: a round tells of each image at its end, all at once. More than that waits only where nobody
// reads, as while a runtime restarts that writes the log down.
const maxPendingBytes = 8 * 1024 * 1024;

/**
 * A log whose every line carries `bindings`, with RFC 3339 times and levels by name. No call waits for the stream: while more
 * lines wait than it should hold, further ones are dropped, and a line says how many as soon as there is room again.
 */
export function createLog(bindings: object, stream: LogStream): Log {
  let lost = 0;
  const log = pino(
    {
      base: bindings,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redactLine },
    },
    {
      write: (line) => {
        if (stream.writableLength > maxPendingBytes) {
          lost += 1;
          return;
        }
        const lostHere = lost;
        lost = 0;
        if (lostHere > 0) log.warn({ lost: lostHere }, "lines are missing here: nobody read the log");
        stream.write(line);
      },
    },
  );
  return log;
}

/** A line of the log without secrets. Each text by itself: the line must stay JSON, whatever is cut out of it. */
function redactLine(line: string): string {
  const redacted = JSON.stringify(JSON.parse(line), (field, value: unknown) =>
    // An entry's display name is free of secrets already, and must stay the name that the annotation has.
    typeof value === "string" && field !== "image" ? redact(value) : value,
  );
  return `${redacted}\n`;
}
