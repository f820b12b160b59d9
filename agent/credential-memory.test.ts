import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createCredentialMemory } from "./credential-memory.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { createFakeSource, credentialOf } from "./testing/fake-source.ts";
import { pull, triedIn, worldWith } from "./testing/keyring-world.ts";
import { createPullWorld } from "./testing/pull-world.ts";

describe("a pull of another image of the same registry", () => {
  it("begins with the credential that was let in", async () => {
    const world = worldWith(createFakeSource("wrong", "right"));
    for (const line of ["r.io/a", "r.io/b"]) {
      world.imageService.lock(line, "right");
      await pull(world, line);
    }
    assert.deepEqual(triedIn(world), ["wrong", "right", "right"]);
  });

  it("begins with the source whose credential was let in", async () => {
    const world = worldWith(createFakeSource("wrong"), createFakeSource("right"));
    for (const line of ["r.io/a", "r.io/b"]) {
      world.imageService.lock(line, "right");
      await pull(world, line);
    }
    assert.deepEqual(triedIn(world), ["wrong", "right", "right"]);
  });

  it("still tries the others, the refused ones last", async () => {
    const world = worldWith(createFakeSource("for-none", "for-a", "for-b"));
    world.imageService.lock("r.io/a", "for-a");
    world.imageService.lock("r.io/b", "for-b");
    await pull(world);
    await pull(world, "r.io/b");
    assert.deepEqual(triedIn(world), ["for-none", "for-a", "for-a", "for-b"]);
  });

  it("does not take one that found nothing for one that was let in", async () => {
    const world = worldWith(createFakeSource("blind", "seeing"));
    world.imageService.onPull("r.io/a", failedWith("not_found"));
    await pull(world);
    await pull(world, "r.io/b");
    assert.deepEqual(triedIn(world), ["blind", "seeing", "seeing"]);
  });

  it("keeps what it has learnt of a registry from the others", async () => {
    const world = worldWith(createFakeSource("wrong", "right"));
    world.imageService.lock("r.io/a", "right");
    world.imageService.lock("s.io/c", "right");
    await pull(world);
    await pull(world, "s.io/c");
    assert.deepEqual(triedIn(world), ["wrong", "right", "wrong", "right"]);
  });

  it("remembers for each folder what it has learnt there", async () => {
    const lines = ["r.io/b/1", "r.io/a/1", "r.io/b/2", "r.io/a/2", "r.io/b/3"];
    const world = createPullWorld(lines, { keyring: [createFakeSource("for-a", "for-b")] });
    for (const line of lines) {
      world.imageService.lock(line, line.startsWith("r.io/a") ? "for-a" : "for-b");
      await pull(world, line);
    }
    assert.deepEqual(triedIn(world), ["for-a", "for-b", "for-b", "for-a", "for-b", "for-a", "for-b"]);
  });
});

describe("createCredentialMemory()", () => {
  const order = (memory: ReturnType<typeof createCredentialMemory>, ...origins: readonly string[]) =>
    memory
      .credentialsInOrder(
        "r.io/x",
        origins.map((origin) => credentialOf(origin)),
      )
      .map(({ origin }) => origin);

  it("keeps the order given where it knows nothing", () => {
    assert.deepEqual(order(createCredentialMemory(), "a", "b", "c"), ["a", "b", "c"]);
  });

  it("knows a credential again by what it logs in with, wherever it comes from", () => {
    const memory = createCredentialMemory();
    memory.refused("r.io/x", credentialOf("a", { origin: "another secret" }));
    assert.deepEqual(order(memory, "a", "b"), ["b", "a"]);
  });

  it("takes a user with another password, and the same password as an identity token, for others", () => {
    const memory = createCredentialMemory();
    memory.refused("r.io/x", credentialOf("a", { username: "you" }));
    memory.refused("r.io/x", credentialOf("a", { password: "", identityToken: "a" }));
    assert.deepEqual(order(memory, "a", "b"), ["a", "b"]);
  });

  it("forgets the oldest, where a provider has a new token for every image", () => {
    const memory = createCredentialMemory();
    memory.refused("r.io/x", credentialOf("a"));
    assert.deepEqual(order(memory, "a", "b"), ["b", "a"]);
    for (let index = 0; index < 10_000; index += 1) memory.refused("r.io/x", credentialOf(`token ${index}`));
    assert.deepEqual(order(memory, "a", "token 9999", "b"), ["a", "b", "token 9999"]);
  });
});
