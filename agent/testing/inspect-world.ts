import { type InspectDependencies, inspect } from "../commands/inspect.ts";
import type { NodeFindings } from "../findings.ts";
import type { PrefetchSettings } from "../settings.ts";
import { createPrefetchWorld, prefetchDefaults } from "./prefetch-world.ts";

const never = new AbortController().signal;

/** A world in which all is well, and the command in it. */
export function createInspectWorld(
  settings: Partial<PrefetchSettings> = {},
  more: Partial<InspectDependencies> = {},
) {
  const world = createPrefetchWorld();
  const start = (lines: readonly string[], signal = never) =>
    inspect(
      { ...prefetchDefaults, ...settings },
      { ...world, readLines: async () => lines, version: "1.2.3", ...more },
      signal,
    );
  return {
    ...world,
    start,
    finish: (...lines: readonly string[]): Promise<NodeFindings> => world.clock.finish(start(lines)),
  };
}
