const failureReasons = [
  "invalid_reference",
  "not_found",
  "no_platform",
  "unauthorized",
  "signature",
  "throttled",
  "unavailable",
  "timed_out",
  "no_space",
  "corrupt",
  "runtime_down",
  "evicted",
  "unknown",
  "internal",
] as const;

/**
 * Why an attempt or an entry failed. The list is closed: these words stand in the log, in the Node's annotation
 * and in the termination message.
 *
 * - `invalid_reference` the list's text is no image reference
 * - `not_found` the registry has no such repository or tag (it may be pushed later)
 * - `no_platform` the image exists, but not for this node's platform
 * - `unauthorized` the registry refused the credential, or wants one
 * - `signature` the runtime's signature policy refused the image
 * - `throttled` the registry answers 429
 * - `unavailable` the registry cannot be reached or answers 5xx
 * - `timed_out` the round's time to pull (`--pull-timeout`) ended first, or an attempt's (`--attempt-timeout`)
 * - `no_space` the node's disk is full, or has less free than the disk guard keeps
 * - `corrupt` what the registry sent does not have the digest it should have
 * - `runtime_down` the container runtime went away
 * - `evicted` the image was there in this round and is gone again
 * - `unknown` the runtime failed in words that nobody has classified yet
 * - `internal` a fault of the agent itself
 */
export type FailureReason = (typeof failureReasons)[number];

/** The classified cause of one failed attempt; `message` is for people and free of secrets. */
export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
}

// The contract's list: what only a changed list, image, policy or credential can heal.
const permanentReasons: ReadonlySet<FailureReason> = new Set([
  "unauthorized",
  "signature",
  "no_platform",
  "invalid_reference",
]);

/** Whether waiting heals nothing, so that the next round may come late. */
export function isPermanent(reason: FailureReason): boolean {
  return permanentReasons.has(reason);
}

/** `text` as a reason; undefined where it is none. */
export function failureReasonFrom(text: unknown): FailureReason | undefined {
  return failureReasons.find((reason) => reason === text);
}
