import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { createFakeSource } from "./testing/fake-source.ts";
import { pull, triedIn, worldWith } from "./testing/keyring-world.ts";
import { createPullWorld } from "./testing/pull-world.ts";

const never = new AbortController().signal;

describe("a pull with a keyring", () => {
  it("takes the first credential that is let in, and tries no other", async () => {
    const world = worldWith(createFakeSource("wrong", "right", "spare"));
    world.imageService.lock("r.io/a", "right");
    assert.deepEqual(await pull(world), { kind: "pulled", attempts: 2, durationMs: 0 });
    assert.deepEqual(triedIn(world), ["wrong", "right"]);
  });

  it("asks for registry and repository in full, and again at each try", async () => {
    const source = createFakeSource("old");
    const world = createPullWorld(["nginx:1"], { keyring: [source] });
    world.imageService.lock("nginx:1", "new");
    world.imageService.onPull("nginx:1", () => {
      source.origins = ["new"];
      return failedWith("unauthorized");
    });
    assert.equal((await pull(world, "nginx:1")).kind, "pulled");
    assert.deepEqual(triedIn(world), ["old", "new"]);
    assert.deepEqual(new Set(source.asked), new Set(["docker.io/library/nginx"]));
  });

  it("goes without a credential where none matches", async () => {
    const world = worldWith(createFakeSource(), createFakeSource());
    assert.equal((await pull(world)).kind, "pulled");
    assert.deepEqual(triedIn(world), ["-"]);
  });

  it("never goes without one where any matches", async () => {
    const world = worldWith(createFakeSource("wrong"));
    world.imageService.lock("r.io/a", "right");
    const result = await pull(world);
    assert.ok(result.kind === "failed" && result.failure.reason === "unauthorized");
    assert.deepEqual(triedIn(world), ["wrong", "wrong"]);
  });

  it("tries the next one too where the registry says that there is no such image", async () => {
    const world = worldWith(createFakeSource("blind", "seeing"));
    world.imageService.onPull("r.io/a", failedWith("not_found"));
    assert.deepEqual(await pull(world), { kind: "pulled", attempts: 2, durationMs: 0 });
  });

  for (const reason of ["unavailable", "throttled", "no_platform", "corrupt", "runtime_down"] as const) {
    it(`tries no other one after ${reason}, which says nothing of the credential`, async () => {
      const world = worldWith(createFakeSource("first", "second"));
      world.imageService.alwaysOnPull("r.io/a", failedWith(reason));
      await pull(world);
      assert.deepEqual(new Set(triedIn(world)), new Set(["first"]));
    });
  }

  describe("with several sources", () => {
    it("asks a later one only when the earlier one's are all refused", async () => {
      const [secrets, plugins] = [createFakeSource("secret"), createFakeSource("plugin")];
      const world = worldWith(secrets, plugins);
      world.imageService.lock("r.io/a", "secret");
      await pull(world);
      assert.deepEqual(plugins.asked, []);
      world.imageService.lock("r.io/b", "plugin");
      await pull(world, "r.io/b");
      assert.deepEqual(triedIn(world), ["secret", "secret", "plugin"]);
    });

    it("holds no slot while the first answer is waited for", async () => {
      const slow = createFakeSource("right");
      const answered = Promise.withResolvers<void>();
      const { credentialsFor } = slow;
      const held = {
        ...slow,
        credentialsFor: async (...args: Parameters<typeof credentialsFor>) => {
          if (args[0].startsWith("r.io")) await answered.promise;
          return credentialsFor(...args);
        },
      };
      const keyring = [createFakeSource(), held];
      const world = createPullWorld(["r.io/a", "s.io/c"], { keyring, concurrency: 1 });
      const waiting = world.pull("r.io/a", never);
      assert.equal((await pull(world, "s.io/c")).kind, "pulled");
      answered.resolve();
      assert.equal((await world.clock.finish(waiting)).kind, "pulled");
    });

    it("holds no slot while a later source is waited for, and is not overtaken by its registry's other images", async () => {
      const secrets = createFakeSource("wrong");
      const answered = Promise.withResolvers<void>();
      const plugins = { ...createFakeSource("right"), isInstant: false };
      const { credentialsFor } = plugins;
      plugins.credentialsFor = async (...args) => {
        await answered.promise;
        return credentialsFor(...args);
      };
      const lines = ["r.io/a", "r.io/b", "s.io/c"];
      const world = createPullWorld(lines, { keyring: [secrets, plugins], concurrency: 1 });
      for (const line of ["r.io/a", "r.io/b"]) world.imageService.lock(line, "right");
      const waiting = ["r.io/a", "r.io/b"].map((line) => world.pull(line, never));
      assert.equal((await pull(world, "s.io/c")).kind, "pulled");
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["r.io/a", "s.io/c"]);
      answered.resolve();
      await world.clock.finish(Promise.all(waiting));
      assert.deepEqual(triedIn(world), ["wrong", "wrong", "right", "right"]);
    });

    it("asks one that answers at once again in the slot, since what it has may have been rotated", async () => {
      const secrets = createFakeSource("old");
      const world = createPullWorld(["r.io/a", "s.io/c"], { keyring: [secrets], concurrency: 1 });
      world.imageService.onPull("s.io/c", () => {
        secrets.origins = ["new"];
        return undefined;
      });
      await world.clock.finish(Promise.all([world.pull("s.io/c", never), world.pull("r.io/a", never)]));
      assert.deepEqual(triedIn(world), ["old", "new"]);
    });

    it("asks one that runs something once a try, and takes what it had then", async () => {
      const plugins = { ...createFakeSource("token"), isInstant: false };
      const world = worldWith(plugins);
      await pull(world);
      assert.deepEqual(plugins.asked, ["r.io/a"]);
    });

    it("tells a source that all it has was refused, and no other", async () => {
      const [secrets, plugins] = [createFakeSource("wrong"), createFakeSource("right")];
      const world = worldWith(secrets, plugins);
      world.imageService.lock("r.io/a", "right");
      await pull(world);
      assert.deepEqual([secrets.refusals, plugins.refusals], [["r.io/a"], []]);
    });

    it("keeps to what it had where a secret goes while its image waits", async () => {
      const secrets = createFakeSource("old");
      const world = createPullWorld(["r.io/a", "s.io/c"], { keyring: [secrets], concurrency: 1 });
      world.imageService.onPull("s.io/c", () => {
        secrets.origins = [];
        return undefined;
      });
      await world.clock.finish(Promise.all([world.pull("s.io/c", never), world.pull("r.io/a", never)]));
      assert.deepEqual(triedIn(world), ["old", "old"]);
    });

    it("ends with the signal where a source does not answer", async () => {
      const hanging = {
        isInstant: true,
        credentialsFor: (_: string, signal: AbortSignal) =>
          new Promise<never>((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason)),
          ),
      };
      const world = createPullWorld(["r.io/a"], { keyring: [hanging] });
      const controller = new AbortController();
      const rejects = assert.rejects(world.pull("r.io/a", controller.signal), /told to end/);
      controller.abort(new Error("told to end"));
      await rejects;
    });
  });
});
