import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { createFakeSource } from "./testing/fake-source.ts";
import { pull, triedIn, worldWith } from "./testing/keyring-world.ts";

describe("a pull whose credentials are all refused", () => {
  it("says of which image it was and which were tried, by their origins alone", async () => {
    const source = createFakeSource("one", "two");
    source.problems = ["pull secret three is not there"];
    const world = worldWith(source);
    world.imageService.alwaysOnPull("r.io/a", failedWith("unauthorized", "401"));
    const result = await pull(world);
    assert.ok(result.kind === "failed");
    assert.equal(result.failure.message, "401; tried with one; two; pull secret three is not there");
    assert.equal(result.attempts, 4);
    const lines = world.log.fieldsOf("credential refused");
    assert.deepEqual(
      lines.map(({ image, attemptNumber, credential }) => [image, attemptNumber, credential]),
      [
        ["r.io/a", 1, "one"],
        ["r.io/a", 2, "two"],
        ["r.io/a", 3, "one"],
        ["r.io/a", 4, "two"],
      ],
    );
  });

  it("has the reason of the one that was let in and found nothing", async () => {
    const world = worldWith(createFakeSource("one", "two", "three"));
    world.imageService.alwaysOnPull("r.io/a", () =>
      failedWith(triedIn(world).at(-1) === "two" ? "not_found" : "unauthorized"),
    );
    const result = await pull(world);
    assert.ok(result.kind === "failed" && result.failure.reason === "not_found");
    assert.equal(result.failure.message, "it is not_found; tried with two; one; three");
    const [line] = world.log.fieldsOf("attempt failed, another follows");
    assert.deepEqual(
      [line?.reason, line?.error],
      ["not_found", "it is not_found; tried with one; two; three"],
    );
  });
});

describe("a pull that is refused without any credential", () => {
  it("says that none matches, and what could not be used", async () => {
    const source = createFakeSource();
    source.problems = ["the .dockercfg of pull secret a cannot be read (EACCES)"];
    const world = worldWith(source);
    world.imageService.alwaysOnPull("r.io/a", failedWith("unauthorized", "401"));
    const result = await pull(world);
    assert.ok(result.kind === "failed");
    assert.equal(
      result.failure.message,
      "401; tried without a credential, as none matches; " +
        "the .dockercfg of pull secret a cannot be read (EACCES)",
    );
  });

  it("says that there are none, where there are none", async () => {
    const world = worldWith();
    world.imageService.alwaysOnPull("r.io/a", failedWith("unauthorized", "401"));
    const result = await pull(world);
    assert.ok(result.kind === "failed");
    assert.equal(
      result.failure.message,
      "401; tried without a credential, as no pull secret is set (pull.secrets)",
    );
  });

  it("says so too where the registry says that there is no such image", async () => {
    const source = createFakeSource();
    source.problems = ["pull secret a is not there"];
    const world = worldWith(source);
    world.imageService.alwaysOnPull("r.io/a", failedWith("not_found", "404"));
    const result = await pull(world);
    assert.ok(result.kind === "failed");
    assert.equal(
      result.failure.message,
      "404; tried without a credential, as none matches; pull secret a is not there",
    );
  });

  for (const [reason, keyring] of [
    ["no_platform", [createFakeSource()]],
    ["unavailable", [createFakeSource()]],
    ["not_found", []],
  ] as const) {
    it(`says nothing of credentials after ${reason} with ${keyring.length} sources`, async () => {
      const world = worldWith(...keyring);
      world.imageService.alwaysOnPull("r.io/a", failedWith(reason, "it is so"));
      const result = await pull(world);
      assert.ok(result.kind === "failed" && result.failure.message === "it is so");
    });
  }
});
