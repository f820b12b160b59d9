import type { Clock } from "../clock.ts";
import { createDeadline, DeadlinePassed } from "../deadline.ts";
import type { ImageFinding } from "../findings.ts";
import { given } from "../given.ts";
import { appliesTo, type Entry } from "../image-list.ts";
import type { ImageService, StatusAnswer } from "../image-service.ts";
import type { FoundCredentials, Keyring } from "../keyring.ts";
import { type Look, lookAtImages } from "../look.ts";
import { createPool } from "../pool.ts";

/** What the look at the images needs. */
export interface ImagesSubject {
  readonly entries: readonly Entry[];
  /** This node's, `os/arch`. */
  readonly platform: string;
  readonly imageService: ImageService;
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** Why the runtime need not be asked; undefined where it answers. */
  readonly runtimeProblem: string | undefined;
  /** By image: why the last round failed with it. */
  readonly lastFailures: ReadonlyMap<string, string>;
}

export interface ImagesFound {
  readonly images: readonly ImageFinding[];
  readonly credentialProblems: readonly string[];
}

// Somebody waits for the answer: a runtime, or a source of credentials, that is slower than this is a finding.
const limitMs = 12_000;

// A source may be a program that is started for each image.
const sourcesAtOnce = 4;

/** What there is to say of each entry: whether it is in the store, and the credentials that a pull would use. */
export async function inspectImages(subject: ImagesSubject, signal: AbortSignal): Promise<ImagesFound> {
  const [look, credentials] = await Promise.all([
    lookInTime(subject, signal),
    credentialsInTime(subject, signal),
  ]);
  const images = subject.entries.map((entry): ImageFinding => {
    const { displayName: image, isRequired, repositoryName } = entry;
    if (!appliesTo(entry, subject.platform)) return { image, isRequired, state: "skipped" };
    if (entry.invalid !== undefined) return { image, isRequired, state: "invalid", message: entry.invalid };
    const lastFailure = subject.lastFailures.get(image);
    return {
      image,
      isRequired,
      ...presenceFrom(look(entry)),
      ...given({ credentials: credentials.origins.get(repositoryName), lastFailure }),
    };
  });
  return { images, credentialProblems: credentials.problems };
}

type Presence = Pick<ImageFinding, "state" | "imageId" | "message">;

function presenceFrom(answer: StatusAnswer | undefined): Presence {
  // That it does not answer is said once, of the runtime.
  if (answer === undefined) return { state: "unknown" };
  if (answer.kind === "present") return { state: "present", imageId: answer.image.imageId };
  return answer.kind === "absent"
    ? { state: "missing" }
    : { state: "unknown", message: answer.failure.message };
}

async function lookInTime(
  subject: ImagesSubject,
  signal: AbortSignal,
): Promise<(entry: Entry) => StatusAnswer | undefined> {
  if (subject.runtimeProblem !== undefined) return () => undefined;
  using deadline = createDeadline(subject.clock, limitMs, signal);
  try {
    const look: Look = await lookAtImages(subject, deadline.signal);
    return look.answerFor;
  } catch (error) {
    if (signal.aborted || !(error instanceof DeadlinePassed)) throw error;
    const message = `the runtime did not say within ${limitMs / 1000} s whether the image is there`;
    return () => ({ kind: "failed", failure: { reason: "runtime_down", message } });
  }
}

interface CredentialsFound {
  /** By repository; a repository for which the time was too short has none. */
  readonly origins: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly string[];
}

/** Asks every source, also those that a pull would come to only after a refusal. */
async function credentialsInTime(
  { entries, platform, keyring, clock }: ImagesSubject,
  signal: AbortSignal,
): Promise<CredentialsFound> {
  const asked = entries.filter((entry) => entry.invalid === undefined && appliesTo(entry, platform));
  const repositories = [...new Set(asked.map(({ repositoryName }) => repositoryName))];
  const origins = new Map<string, readonly string[]>();
  const problems = new Set<string>();
  const pool = createPool(sourcesAtOnce);
  using deadline = createDeadline(clock, limitMs, signal);
  const ask = async (repository: string) => {
    const found: FoundCredentials[] = [];
    for (const source of keyring) found.push(await source.credentialsFor(repository, deadline.signal));
    for (const problem of found.flatMap((answer) => answer.problems)) problems.add(problem);
    origins.set(
      repository,
      found.flatMap(({ credentials }) => credentials).map(({ origin }) => origin),
    );
  };
  try {
    await Promise.all(repositories.map((repository) => pool.run(() => ask(repository), deadline.signal)));
  } catch (error) {
    if (signal.aborted || !(error instanceof DeadlinePassed)) throw error;
    problems.add(`the sources of credentials did not answer for every image within ${limitMs / 1000} s`);
  }
  return { origins, problems: [...problems] };
}
