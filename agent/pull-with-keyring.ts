import type { Admission } from "./admission.ts";
import { type AttemptDependencies, attempt } from "./attempt.ts";
import type { CredentialMemory } from "./credential-memory.ts";
import type { Failure, FailureReason } from "./failure.ts";
import type { PassAnswer } from "./gate.ts";
import type { Entry } from "./image-list.ts";
import type { PullAnswer } from "./image-service.ts";
import type { Keyring } from "./keyring.ts";
import type { Log } from "./log.ts";
import type { PullCredential } from "./pull-credential.ts";

/** What a walk through the keyring works with. */
export interface KeyringDependencies extends AttemptDependencies {
  /** Holds an attempt until it may start. */
  readonly admission: Admission;
  readonly keyring: Keyring;
  readonly credentialMemory: CredentialMemory;
  readonly log: Log;
}

/**
 * Pulls with the first credential that the registry takes: one attempt after the other, at once and in one slot. Without
 * a credential only where none matches, as the kubelet does. `onAttempt` is called as each attempt starts.
 */
export async function pullWithKeyring(
  entry: Entry,
  dependencies: KeyringDependencies,
  onAttempt: () => number,
  signal: AbortSignal,
): Promise<PassAnswer> {
  const { admission } = dependencies;
  await askBefore(entry, dependencies, signal);
  const walk = () => walkThrough(entry, dependencies, onAttempt, signal);
  return admission.run(entry.registry, walk, signal);
}

/** Asks as the walk will, so that it finds what a slow source has found out here, where no slot is held meanwhile. */
async function askBefore(
  { repositoryName }: Entry,
  { keyring, credentialMemory }: KeyringDependencies,
  signal: AbortSignal,
): Promise<void> {
  for (const source of credentialMemory.sourcesInOrder(repositoryName, keyring)) {
    const { credentials } = await source.credentialsFor(repositoryName, signal);
    if (credentials.length > 0) return;
  }
}

// A registry says "not found" too of what a credential may not see, so another one may.
const refusals: ReadonlySet<FailureReason> = new Set(["unauthorized", "not_found"]);

interface Refused {
  readonly credential: PullCredential;
  readonly failure: Failure;
}

async function walkThrough(
  entry: Entry,
  dependencies: KeyringDependencies,
  onAttempt: () => number,
  signal: AbortSignal,
): Promise<PullAnswer> {
  const { repositoryName } = entry;
  const { keyring, credentialMemory } = dependencies;
  const problems: string[] = [];
  const refused: Refused[] = [];
  for (const source of credentialMemory.sourcesInOrder(repositoryName, keyring)) {
    const found = await source.credentialsFor(repositoryName, signal);
    problems.push(...found.problems);
    for (const credential of credentialMemory.credentialsInOrder(repositoryName, found.credentials)) {
      const attemptNumber = onAttempt();
      const answer = await attempt(entry, credential, dependencies, signal);
      if (answer.kind === "pulled") credentialMemory.accepted(repositoryName, source, credential);
      if (answer.kind === "pulled" || !refusals.has(answer.failure.reason)) return answer;
      noteRefusal(entry, dependencies, { credential, failure: answer.failure }, attemptNumber);
      refused.push({ credential, failure: answer.failure });
    }
  }
  const [first] = refused;
  if (first !== undefined) return refusedByAll(first, refused, problems);
  onAttempt();
  const answer = await attempt(entry, undefined, dependencies, signal);
  if (answer.kind === "pulled" || answer.failure.reason !== "unauthorized") return answer;
  const why = keyring.length === 0 ? "no pull secret is set (pull.secrets)" : "no credential matches";
  return failedBy(answer.failure, [`tried without a credential, as ${why}`, ...problems]);
}

function noteRefusal(
  { repositoryName, displayName: image }: Entry,
  { credentialMemory, log }: KeyringDependencies,
  { credential, failure }: Refused,
  attemptNumber: number,
): void {
  const { reason, message: error } = failure;
  if (reason === "unauthorized") credentialMemory.refused(repositoryName, credential);
  log.warn({ image, attemptNumber, reason, credential: credential.origin, error }, "credential refused");
}

function refusedByAll(first: Refused, refused: readonly Refused[], problems: readonly string[]): PullAnswer {
  // One that got as far as to be told that there is no such image says more than one that was not let in.
  const said = refused.find(({ failure }) => failure.reason === "not_found") ?? first;
  const tried = refused.map(({ credential }) => credential.origin).join("; ");
  return failedBy(said.failure, [`tried with ${tried}`, ...problems]);
}

function failedBy({ reason, message }: Failure, notes: readonly string[]): PullAnswer {
  return { kind: "failed", failure: { reason, message: [message, ...notes].join("; ") } };
}
