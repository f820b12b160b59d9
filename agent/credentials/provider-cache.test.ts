import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createFakeClock } from "../testing/fake-clock.ts";
import type { DockerConfig } from "./docker-config.ts";
import { createProviderCache } from "./provider-cache.ts";
import type { CacheKeyType } from "./provider-response.ts";

const answer = (name: string): DockerConfig => ({ credentials: [], problems: [name] });

function createWorld() {
  const clock = createFakeClock();
  const cache = createProviderCache(clock);
  const get = (repositoryName: string) => cache.get(repositoryName)?.problems[0];
  return { clock, cache, get };
}

describe("createProviderCache()", () => {
  it("has an answer of the type Image for that image alone", () => {
    const { cache, get } = createWorld();
    cache.set("a.io/x", "Image", 1, answer("it"));
    assert.deepEqual([get("a.io/x"), get("a.io/x/y"), get("a.io/y")], ["it", undefined, undefined]);
  });

  it("has an answer of the type Registry for its host with its port alone", () => {
    const { cache, get } = createWorld();
    cache.set("a.io:5000/x", "Registry", 1, answer("it"));
    assert.deepEqual([get("a.io:5000/y/z"), get("a.io/x"), get("a.io:500/x")], ["it", undefined, undefined]);
  });

  it("has an answer of the type Global for all, and the nearer one first", () => {
    const { cache, get } = createWorld();
    cache.set("a.io/x", "Global", 1, answer("global"));
    cache.set("a.io/x", "Registry", 1, answer("registry"));
    cache.set("a.io/x", "Image", 1, answer("image"));
    assert.deepEqual([get("a.io/x"), get("a.io/y"), get("b.io/x")], ["image", "registry", "global"]);
  });

  it("takes no image for a registry, and none for all", () => {
    const { cache, get } = createWorld();
    for (const name of ["a.io", "all", "global", "registry a.io"]) cache.set(name, "Image", 1, answer("it"));
    assert.deepEqual([get("a.io/x"), get("b.io/x")], [undefined, undefined]);
  });

  it("has it until the instant at which it expires, then what is wider", async () => {
    const { clock, cache, get } = createWorld();
    cache.set("a.io/x", "Registry", 20, answer("registry"));
    cache.set("a.io/x", "Image", 10, answer("image"));
    await clock.advance(9);
    assert.equal(get("a.io/x"), "image");
    await clock.advance(1);
    assert.equal(get("a.io/x"), "registry");
    await clock.advance(10);
    assert.equal(get("a.io/x"), undefined);
  });

  it("drops what holds for a repository, by whatever key, once it is so old", async () => {
    const { clock, cache, get } = createWorld();
    for (const type of ["Image", "Registry", "Global"] as const) cache.set("a.io/x", type, 100, answer(type));
    cache.set("b.io/x", "Registry", 100, answer("other"));
    await clock.advance(9);
    cache.drop("a.io/x", 10);
    assert.equal(get("a.io/x"), "Image");
    await clock.advance(1);
    cache.set("a.io/x", "Registry", 100, answer("new"));
    cache.drop("a.io/x", 10);
    assert.deepEqual([get("a.io/x"), get("b.io/x"), get("c.io/x")], ["new", "other", undefined]);
  });

  it("keeps nothing for a duration of 0 or less", () => {
    const { cache, get } = createWorld();
    cache.set("a.io/x", "Image", 0, answer("it"));
    cache.set("a.io/x", "Global", -1, answer("it"));
    assert.equal(get("a.io/x"), undefined);
  });

  it("does what a list of all answers would", async () => {
    const name = fc.constantFrom("a.io/x", "a.io/y", "b.io/x", "b.io:1/x");
    const type = fc.constantFrom<CacheKeyType>("Image", "Registry", "Global");
    const step = fc.record({ name, type, durationMs: fc.nat({ max: 5 }), waitMs: fc.nat({ max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step), async (steps) => {
        const { clock, cache, get } = createWorld();
        const all: { name: string; type: CacheKeyType; untilMs: number; said: string }[] = [];
        for (const [index, { name, type, durationMs, waitMs }] of steps.entries()) {
          cache.set(name, type, durationMs, answer(`${index}`));
          if (durationMs > 0)
            all.unshift({ name, type, untilMs: clock.nowMs() + durationMs, said: `${index}` });
          await clock.advance(waitMs);
          const near = (a: string, b: string) => ({
            Image: a === b,
            Registry: a.split("/")[0] === b.split("/")[0],
            Global: true,
          });
          for (const { name: asked } of steps) {
            const said = (["Image", "Registry", "Global"] as const)
              .map((wanted) => all.find((one) => one.type === wanted && near(one.name, asked)[wanted]))
              .find((one) => one !== undefined && one.untilMs > clock.nowMs())?.said;
            assert.equal(get(asked), said);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
