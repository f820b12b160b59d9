import type { PullResult } from "../pull-image.ts";
import type { FakeSource } from "./fake-source.ts";
import { createPullWorld, type PullWorld } from "./pull-world.ts";

const never = new AbortController().signal;

/** A world of two images at `r.io` and one at `s.io`, whose keyring has these sources. */
export function worldWith(...keyring: readonly FakeSource[]): PullWorld {
  return createPullWorld(["r.io/a", "r.io/b", "s.io/c"], { keyring });
}

/** Pulls one image of the world, its waits passed over. */
export function pull(world: PullWorld, line = "r.io/a"): Promise<PullResult> {
  return world.clock.finish(world.pull(line, never));
}

/** The credentials of the pulls, in order; `-` for none. */
export function triedIn(world: PullWorld): readonly string[] {
  return world.imageService.requests
    .filter(({ method }) => method === "pullImage")
    .map(({ credential }) => credential ?? "-");
}
