// The commands that nobody waits for on a node: an agent's start reads none of them. In the image they are a file of their own.
// First, as in main.ts: in the image a part that both share is run before either, and its first module is this.
import "../memory.ts";

export { runCleanup } from "./run-cleanup.ts";
export { runDoctor } from "./run-doctor.ts";
export { runInspect } from "./run-inspect.ts";
export { runStatus } from "./run-status.ts";
export { runVerify } from "./run-verify.ts";
