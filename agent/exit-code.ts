/** What the process ends with; the contract with whoever reads `kubectl describe pod`. */
export const exitCode = {
  done: 0,
  /**
   * A required entry failed, under `--on-failure=exit` only; of `doctor`, that something would keep the node from `succeeded`; of `verify`,
   * that not enough nodes are there, and of `status --wait`, that they were not in time.
   */
  failed: 1,
  /**
   * Bad usage, an empty list, or a list that does not have the revision it should have; of `cleanup`, that the release is still
   * installed, or that it is not clear whose marks are meant.
   */
  usage: 2,
  /**
   * The verdict could not be written; of `doctor`, `verify` and `status`, that the API server did not let it find out, and of `cleanup`, that it
   * could not do all of it.
   */
  unwritten: 3,
  /** The label belongs to another owner. */
  foreignOwner: 4,
  /** No usable container runtime within `--runtime-timeout` of the start. */
  runtime: 5,
  /** A fault of the agent itself, as sysexits.h numbers it (EX_SOFTWARE); Node.js would end with 1, which is taken. */
  internal: 70,
  /** SIGTERM, as a shell would report it (128 + 15). */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
