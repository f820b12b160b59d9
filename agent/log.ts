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
      hooks: { streamWrite: redact },
    },
    destination,
  );
}
