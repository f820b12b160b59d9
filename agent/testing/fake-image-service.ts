import type { Failure } from "../failure.ts";
import type { ImageService, PullAnswer, StatusAnswer, StoredImage, VersionAnswer } from "../image-service.ts";
import type { PullCredential } from "../pull-credential.ts";
import { createScript, untilAborted } from "./script.ts";

/**
 * What a call comes to instead of what the store says: an answer; `hangs` until its signal aborts; a bug, thrown; or
 * a function that does something in the test's world first, and answers, or leaves it to the store.
 */
export type Step<Answer> =
  | Answer
  | "hangs"
  | Error
  | (() => Promise<Answer | undefined> | Answer | undefined);

export interface ImageRequest {
  readonly method: "version" | "imageStatus" | "pullImage";
  readonly imageReference: string;
  /** Where the credential of a pull comes from; there is no such field where there is none. */
  readonly credential?: string;
}

/** A runtime in memory: a store of images, a registry that has every image, and a script of what goes otherwise. */
export interface FakeImageService extends ImageService {
  /** Every call, in the order it was made. */
  readonly requests: readonly ImageRequest[];
  /** The references that are in the store. */
  readonly store: Set<string>;
  /** References whose pull was cut off by its signal. */
  readonly cancelled: readonly string[];
  /** The most PullImage calls that were under way at once. */
  mostPullsAtOnce(): number;
  onVersion(...steps: readonly Step<VersionAnswer>[]): void;
  onStatus(imageReference: string, ...steps: readonly Step<StatusAnswer>[]): void;
  onPull(imageReference: string, ...steps: readonly Step<PullAnswer>[]): void;
  /** Makes every pull of the image come to `step`. */
  alwaysOnPull(imageReference: string, step: Step<PullAnswer>): void;
  /** Makes every pull of the image fail as `unauthorized` that comes without this password. */
  lock(imageReference: string, password: string): void;
  /** References of the calls of `method`. */
  referencesOf(method: ImageRequest["method"]): readonly string[];
  removeImage(imageReference: string, signal: AbortSignal): Promise<void>;
}

export function failedWith(reason: Failure["reason"], message = `it is ${reason}`) {
  return { kind: "failed", failure: { reason, message } } as const;
}

/** What the fake store says of a reference that is in it. */
export function storedImage(imageReference: string): StoredImage {
  return {
    imageId: `sha256:${imageReference}`,
    repoDigests: [`${imageReference}@sha256:0123`],
    sizeBytes: 1_000,
  };
}

export function createFakeImageService(...present: readonly string[]): FakeImageService {
  const store = new Set(present);
  const requests: ImageRequest[] = [];
  const cancelled: string[] = [];
  const versions = createScript<Step<VersionAnswer>>();
  const statuses = createScript<Step<StatusAnswer>>();
  const pulls = createScript<Step<PullAnswer>>();
  const passwords = new Map<string, string>();
  let underWay = 0;
  let mostAtOnce = 0;

  async function answerTo<Answer>(
    step: Step<Answer> | undefined,
    byStore: () => Answer,
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted();
    if (step instanceof Error) throw step;
    if (step === "hangs") return untilAborted(signal);
    if (typeof step !== "function") return step ?? byStore();
    const run = step as () => Promise<Answer | undefined>;
    return (await Promise.race([run(), untilAborted(signal)])) ?? byStore();
  }

  const pull = async (
    imageReference: string,
    signal: AbortSignal,
    credential: PullCredential | undefined,
  ): Promise<PullAnswer> => {
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    try {
      const password = passwords.get(imageReference);
      const isLocked = password !== undefined && password !== credential?.password;
      const byStore = (): PullAnswer =>
        isLocked ? failedWith("unauthorized") : { kind: "pulled", imageId: `sha256:${imageReference}` };
      const answer = await answerTo(pulls.next(imageReference), byStore, signal);
      if (answer.kind === "pulled") store.add(imageReference);
      return answer;
    } catch (error) {
      if (signal.aborted) cancelled.push(imageReference);
      throw error;
    } finally {
      underWay -= 1;
    }
  };

  return {
    requests,
    store,
    cancelled,
    mostPullsAtOnce: () => mostAtOnce,
    onVersion: (...steps) => versions.add("", ...steps),
    onStatus: (imageReference, ...steps) => statuses.add(imageReference, ...steps),
    onPull: (imageReference, ...steps) => pulls.add(imageReference, ...steps),
    alwaysOnPull: (imageReference, step) => pulls.always(imageReference, step),
    lock: (imageReference, password) => {
      passwords.set(imageReference, password);
    },
    referencesOf: (method) =>
      requests.filter((request) => request.method === method).map(({ imageReference }) => imageReference),
    version: (signal) => {
      requests.push({ method: "version", imageReference: "" });
      const version = { name: "fake", version: "v1.0.0", apiVersion: "v1" };
      return answerTo(versions.next(""), () => ({ kind: "version", version }), signal);
    },
    imageStatus: (imageReference, signal) => {
      requests.push({ method: "imageStatus", imageReference });
      const byStore = (): StatusAnswer =>
        store.has(imageReference)
          ? { kind: "present", image: storedImage(imageReference) }
          : { kind: "absent" };
      return answerTo(statuses.next(imageReference), byStore, signal);
    },
    pullImage: (imageReference, signal, credential) => {
      const origin = credential === undefined ? {} : { credential: credential.origin };
      requests.push({ method: "pullImage", imageReference, ...origin });
      return pull(imageReference, signal, credential);
    },
    removeImage: async (imageReference) => {
      store.delete(imageReference);
    },
    close: () => {},
  };
}
