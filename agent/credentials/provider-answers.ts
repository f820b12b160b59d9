import { createPool } from "../pool.ts";
import type { DockerConfig } from "./docker-config.ts";
import { createProviderCache } from "./provider-cache.ts";
import { type RunOptions, type RunResult, runProvider } from "./provider-run.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { createSharedCalls } from "./shared-calls.ts";

/** What one provider has for images: from its plugin, or from what that has answered before. */
export interface ProviderAnswers {
  /** What it has for the repository, and what went wrong. Rejects only with `signal`'s reason. */
  answerFor(repositoryName: string, signal: AbortSignal): Promise<DockerConfig>;
  /** What it has answered for the repository was refused: an answer that is not quite new is not given again. */
  refused(repositoryName: string): void;
}

// A plugin that hangs costs a minute a run: not one for each image, nor one for each attempt.
const providerFailureMs = 60_000;
// Many tags of one repository are many images.
const imageFailureMs = 10_000;

// A token may have been revoked long before it expires. One that is new is right, and refused for another reason: asked anew for each
// image that it may not see, the plugin would never rest.
const newAnswerMs = 60_000;

/**
 * The answers of one provider. Its plugin runs once at a time: that bounds the memory, and whoever waits for a turn finds an answer
 * that holds for the registry, or for all, in the cache.
 */
export function createProviderAnswers(settings: ProviderSettings, options: RunOptions): ProviderAnswers {
  const { clock } = options;
  const answers = createProviderCache(clock);
  const failures = createProviderCache(clock);
  const turns = createPool(1);
  const runs = createSharedCalls<DockerConfig>();

  const known = (repositoryName: string) => answers.get(repositoryName) ?? failures.get(repositoryName);
  const keep = (repositoryName: string, result: RunResult): DockerConfig => {
    if (result.kind === "failed") {
      const found = { credentials: [], problems: [result.problem] };
      if (result.concerns === "image") failures.set(repositoryName, "Image", imageFailureMs, found);
      else failures.set(repositoryName, "Global", providerFailureMs, found);
      return found;
    }
    const { cacheKeyType, cacheDurationMs = settings.defaultCacheDurationMs, found } = result.response;
    answers.set(repositoryName, cacheKeyType, cacheDurationMs, found);
    return found;
  };
  const ask = async (repositoryName: string, signal: AbortSignal) =>
    known(repositoryName) ??
    keep(repositoryName, await runProvider(settings, repositoryName, options, signal));

  return {
    answerFor: async (repositoryName, signal) => {
      signal.throwIfAborted();
      const start = (shared: AbortSignal) => turns.run(() => ask(repositoryName, shared), shared);
      return known(repositoryName) ?? runs.join(repositoryName, start, signal);
    },
    refused: (repositoryName) => answers.drop(repositoryName, newAnswerMs),
  };
}
