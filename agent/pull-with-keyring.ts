import type { Admission, InSlot } from "./admission.ts";
import { type AttemptDependencies, attempt } from "./attempt.ts";
import type { CredentialMemory } from "./credential-memory.ts";
import type { Failure, FailureReason } from "./failure.ts";
import type { PassAnswer } from "./gate.ts";
import type { Entry } from "./image-list.ts";
import type { PullAnswer } from "./image-service.ts";
import type { CredentialSource, Keyring } from "./keyring.ts";
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
 * Pulls with the first credential that the registry takes: one attempt after the other, at once, those of one source in one slot.
 * Without a credential only where none matches, as the kubelet does. `onAttempt` is called as each attempt starts, and says its
 * number.
 */
export async function pullWithKeyring(
  entry: Entry,
  dependencies: KeyringDependencies,
  onAttempt: () => number,
  signal: AbortSignal,
): Promise<PassAnswer> {
  const walk: Walk = { ...dependencies, entry, onAttempt, signal, refused: [] };
  return dependencies.admission.run(entry.registry, (inSlot) => walkThrough(walk, inSlot), signal);
}

interface Walk extends KeyringDependencies {
  readonly entry: Entry;
  readonly onAttempt: () => number;
  readonly signal: AbortSignal;
  /** Grows as credentials are refused. */
  readonly refused: Refused[];
}

interface Refused {
  readonly credential: PullCredential;
  readonly failure: Failure;
}

// A registry says "not found" too of what a credential may not see, so another one may.
const refusals: ReadonlySet<FailureReason> = new Set(["unauthorized", "not_found"]);
const isRefusal = (answer: PassAnswer) => answer.kind === "failed" && refusals.has(answer.failure.reason);

async function walkThrough(walk: Walk, inSlot: InSlot): Promise<PassAnswer> {
  const { entry, keyring, credentialMemory, refused, signal } = walk;
  const problems: string[] = [];
  for (const source of credentialMemory.sourcesInOrder(entry.repositoryName, keyring)) {
    // Outside the slot: a source may take a minute to answer.
    const found = await source.credentialsFor(entry.repositoryName, signal);
    problems.push(...found.problems);
    if (found.credentials.length === 0) continue;
    const answer = await inSlot(() => tryEach(found.credentials, source, walk));
    if (!isRefusal(answer)) return answer;
  }
  const [first] = refused;
  return first === undefined
    ? withoutCredential(walk, inSlot, problems)
    : refusedByAll(first, refused, problems);
}

/** What the first credential comes to that is not refused, or the last of them. */
async function tryEach(
  found: readonly PullCredential[],
  source: CredentialSource,
  walk: Walk,
): Promise<PullAnswer> {
  const { entry, credentialMemory, signal, refused, log } = walk;
  const { repositoryName, displayName: image } = entry;
  let answer: PullAnswer = { kind: "failed", failure: noCredential };
  for (const credential of credentialMemory.credentialsInOrder(
    repositoryName,
    await latest(found, source, walk),
  )) {
    const attemptNumber = walk.onAttempt();
    answer = await attempt(entry, credential, walk, signal);
    if (answer.kind === "pulled") credentialMemory.accepted(repositoryName, source, credential);
    if (answer.kind === "pulled" || !isRefusal(answer)) return answer;
    const { reason, message: error } = answer.failure;
    if (reason === "unauthorized") credentialMemory.refused(repositoryName, credential);
    refused.push({ credential, failure: answer.failure });
    log.warn({ image, attemptNumber, reason, credential: credential.origin, error }, "credential refused");
  }
  source.refused?.(repositoryName);
  return answer;
}

const noCredential: Failure = { reason: "unauthorized", message: "the credential is gone" };

/** A secret may have been rotated while its image waited for the slot. */
async function latest(
  found: readonly PullCredential[],
  source: CredentialSource,
  { entry, signal }: Walk,
): Promise<readonly PullCredential[]> {
  if (!source.isInstant) return found;
  const { credentials } = await source.credentialsFor(entry.repositoryName, signal);
  return credentials.length > 0 ? credentials : found;
}

async function withoutCredential(
  walk: Walk,
  inSlot: InSlot,
  problems: readonly string[],
): Promise<PassAnswer> {
  const { entry, keyring, onAttempt, signal } = walk;
  const answer = await inSlot(() => {
    onAttempt();
    return attempt(entry, undefined, walk, signal);
  });
  if (answer.kind !== "failed" || !isRefusal(answer)) return answer;
  if (keyring.length > 0)
    return failedBy(answer.failure, ["tried without a credential, as none matches", ...problems]);
  if (answer.failure.reason === "not_found") return answer;
  return failedBy(answer.failure, ["tried without a credential, as no pull secret is set (pull.secrets)"]);
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
