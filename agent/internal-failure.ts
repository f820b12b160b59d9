import type { Failure } from "./failure.ts";
import { redact } from "./redact.ts";

/** The failure of one entry where the agent's own code threw `error`: with its stack, without secrets. */
export function internalFailure(error: unknown): Failure {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { reason: "internal", message: redact(message) };
}
