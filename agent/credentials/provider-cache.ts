import type { Clock } from "../clock.ts";
import type { DockerConfig } from "./docker-config.ts";
import type { CacheKeyType } from "./provider-response.ts";

/** What a plugin has answered, each for as long as it holds. */
export interface ProviderCache {
  /** What holds for the repository: an answer for it, else one for its registry, else one for all. */
  get(repositoryName: string): DockerConfig | undefined;
  /** Keeps what was answered for the repository; not at all where `durationMs` is 0 or less. */
  set(repositoryName: string, cacheKeyType: CacheKeyType, durationMs: number, found: DockerConfig): void;
}

interface Kept {
  readonly found: DockerConfig;
  readonly untilMs: number;
}

/** A cache with nothing in it. What has expired is dropped as the next answer comes. */
export function createProviderCache(clock: Clock): ProviderCache {
  const kept = new Map<string, Kept>();
  const holds = ({ untilMs }: Kept) => clock.nowMs() < untilMs;
  return {
    get: (repositoryName) => {
      const found = (["Image", "Registry", "Global"] as const)
        .map((type) => kept.get(keyOf(repositoryName, type)))
        .find((answer) => answer !== undefined && holds(answer));
      return found?.found;
    },
    set: (repositoryName, cacheKeyType, durationMs, found) => {
      for (const [key, answer] of kept) if (!holds(answer)) kept.delete(key);
      if (durationMs <= 0) return;
      kept.set(keyOf(repositoryName, cacheKeyType), { found, untilMs: clock.nowMs() + durationMs });
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
