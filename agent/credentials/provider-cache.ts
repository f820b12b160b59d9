import type { Clock } from "../clock.ts";
import type { DockerConfig } from "./docker-config.ts";
import type { CacheKeyType } from "./provider-response.ts";

/** What a plugin has answered, each for as long as it holds. */
export interface ProviderCache {
  /** What holds for the repository: an answer for it, else one for its registry, else one for all. */
  get(repositoryName: string): DockerConfig | undefined;
  /** Keeps what was answered for the repository; not at all where `durationMs` is 0 or less. */
  set(repositoryName: string, cacheKeyType: CacheKeyType, durationMs: number, found: DockerConfig): void;
  /** Drops what holds for the repository, by whatever key, and was kept at least `ageMs` ago. */
  drop(repositoryName: string, ageMs: number): void;
}

interface Kept {
  readonly found: DockerConfig;
  readonly sinceMs: number;
  readonly untilMs: number;
}

const keyTypes: readonly CacheKeyType[] = ["Image", "Registry", "Global"];

/** A cache with nothing in it. What has expired is dropped as the next answer comes. */
export function createProviderCache(clock: Clock): ProviderCache {
  const kept = new Map<string, Kept>();
  const holds = ({ untilMs }: Kept) => clock.nowMs() < untilMs;
  return {
    get: (repositoryName) => {
      const answers = keyTypes.map((type) => kept.get(keyOf(repositoryName, type)));
      return answers.find((answer) => answer !== undefined && holds(answer))?.found;
    },
    set: (repositoryName, cacheKeyType, durationMs, found) => {
      for (const [key, answer] of kept) if (!holds(answer)) kept.delete(key);
      if (durationMs <= 0) return;
      const sinceMs = clock.nowMs();
      kept.set(keyOf(repositoryName, cacheKeyType), { found, sinceMs, untilMs: sinceMs + durationMs });
    },
    drop: (repositoryName, ageMs) => {
      for (const key of keyTypes.map((type) => keyOf(repositoryName, type))) {
        const answer = kept.get(key);
        if (answer !== undefined && clock.nowMs() - answer.sinceMs >= ageMs) kept.delete(key);
      }
    },
  };
}

function keyOf(repositoryName: string, cacheKeyType: CacheKeyType): string {
  switch (cacheKeyType) {
    case "Image":
      return `image ${repositoryName}`;
    case "Registry":
      return `registry ${repositoryName.split("/", 1)[0]}`;
    case "Global":
      return "all";
  }
}
