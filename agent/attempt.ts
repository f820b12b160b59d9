import type { Clock } from "./clock.ts";
import { createDeadline, DeadlinePassed } from "./deadline.ts";
import type { Entry } from "./image-list.ts";
import type { ImageService, PullAnswer } from "./image-service.ts";
import type { PullCredential } from "./pull-credential.ts";

export interface AttemptDependencies {
  readonly imageService: ImageService;
  /** The longest that one attempt may take; undefined for no limit. */
  readonly attemptTimeoutMs: number | undefined;
  readonly clock: Clock;
}

/** One PullImage call, with one credential or without any. What it failed by never quotes the credential. */
export async function attempt(
  { imageReference }: Entry,
  credential: PullCredential | undefined,
  { imageService, attemptTimeoutMs, clock }: AttemptDependencies,
  signal: AbortSignal,
): Promise<PullAnswer> {
  const pull = async (untilEnd: AbortSignal) =>
    withoutCredential(await imageService.pullImage(imageReference, untilEnd, credential), credential);
  if (attemptTimeoutMs === undefined) return pull(signal);
  using deadline = createDeadline(clock, attemptTimeoutMs, signal);
  try {
    return await pull(deadline.signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof DeadlinePassed)) throw error;
    const message = `the attempt was cut off after ${attemptTimeoutMs / 1000} s (pull.attemptTimeout, --attempt-timeout)`;
    return { kind: "failed", failure: { reason: "timed_out", message } };
  }
}

// Fewer characters stand in many a word, and are no secret worth the name.
const shortestSecret = 4;

/**
 * A registry or a runtime may quote what it was sent, in a form that no pattern knows (redact.ts); here the secret itself is
 * known.
 */
function withoutCredential(answer: PullAnswer, credential: PullCredential | undefined): PullAnswer {
  if (answer.kind === "pulled" || credential === undefined) return answer;
  const { username, password, identityToken } = credential;
  const basic = Buffer.from(`${username}:${password}`).toString("base64");
  const spellings = [basic, password, identityToken]
    .flatMap(spellingsOf)
    .filter((secret) => secret.length >= shortestSecret)
    // A password may be the beginning of another secret, whose rest would stay.
    .toSorted((a, b) => b.length - a.length);
  const { reason, message } = answer.failure;
  const redacted = spellings.reduce((text, secret) => text.replaceAll(secret, "[redacted]"), message);
  return { kind: "failed", failure: { reason, message: redacted } };
}

/** The secret as it is, and as JSON, a URL and a form write it. */
function spellingsOf(secret: string): readonly string[] {
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed()), form];
}
