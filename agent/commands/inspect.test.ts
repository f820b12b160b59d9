import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CredentialSource } from "../keyring.ts";
import { revisionOf } from "../revision.ts";
import { failedWith } from "../testing/fake-image-service.ts";
import { createFakeSource } from "../testing/fake-source.ts";
import { createInspectWorld } from "../testing/inspect-world.ts";
import { untilAborted } from "../testing/script.ts";

const key = "image-prefetcher.stackrox.io/my-images";
const socket = "/run/containerd/containerd.sock";

describe("inspect()", () => {
  it("finds everything that a round needs", async () => {
    const revision = revisionOf("IfNotPresent", [
      "there",
      "missing required=false",
      "other platforms=linux/s390x",
      "B!",
    ]);
    const world = createInspectWorld(
      { revision },
      { keyring: [createFakeSource("one"), createFakeSource("two")] },
    );
    world.imageService.store.add("there");
    world.nodeApi.marks = { label: undefined, annotation: undefined, isUnderDiskPressure: false };
    assert.deepEqual(
      await world.finish("there", "missing required=false", "other platforms=linux/s390x", "B!"),
      {
        v: 1,
        agent: "1.2.3",
        node: "node-1",
        instance: "my-images",
        owner: "default/my-images",
        platform: "linux/amd64",
        runtime: {
          socket,
          version: { name: "fake", version: "v1.0.0", apiVersion: "v1" },
          sockets: ["/run/containerd/other.sock"],
        },
        list: { entries: 4, pullPolicy: "IfNotPresent", revision },
        images: [
          {
            image: "there",
            isRequired: true,
            state: "present",
            imageId: "sha256:there",
            credentials: ["one", "two"],
          },
          { image: "missing", isRequired: false, state: "missing", credentials: ["one", "two"] },
          { image: "other", isRequired: true, state: "skipped" },
          {
            image: "B!",
            isRequired: true,
            state: "invalid",
            message: '"B!" has upper-case letters in its repository',
          },
        ],
        credentialProblems: [],
        disk: { freeBytes: 50, totalBytes: 100, minFreePercent: 20, isUnderDiskPressure: false },
        label: { key, isWritable: true },
      },
    );
  });

  it("pulls nothing, and asks for no registry", async () => {
    const world = createInspectWorld();
    await world.finish("a", "b");
    assert.deepEqual(
      world.imageService.requests.map(({ method }) => method),
      ["version", "imageStatus", "imageStatus"],
    );
  });

  describe("of the runtime", () => {
    it("says within 5 s that there is none, and which sockets there are", async () => {
      const world = createInspectWorld();
      const silent = () =>
        world.imageService.onVersion(
          ...Array.from({ length: 20 }, () => failedWith("runtime_down", "no such file")),
        );
      silent();
      const { runtime, images } = await world.finish("a");
      assert.equal(world.clock.nowMs(), 5_000);
      assert.equal(
        runtime.problem,
        `no container runtime that speaks CRI v1 could be used at ${socket} within 5 s: no such file; sockets in ` +
          "/run/containerd: /run/containerd/other.sock. Set criSocket (--cri-socket) to the runtime's socket. No label was changed",
      );
      assert.equal(runtime.version, undefined);
      assert.deepEqual(images, [{ image: "a", isRequired: true, state: "unknown", credentials: [] }]);
      assert.deepEqual(world.imageService.referencesOf("imageStatus"), []);
    });

    it("waits no longer than the agent itself would", async () => {
      const world = createInspectWorld({ runtimeTimeoutMs: 1_000 });
      world.imageService.onVersion("hangs");
      const { runtime } = await world.finish("a");
      assert.match(runtime.problem ?? "", /within 1 s: the runtime did not answer/);
    });
  });

  describe("of the list", () => {
    it("says that it is of another revision", async () => {
      const { list } = await createInspectWorld({ revision: "1-000000000000" }).finish("a");
      assert.equal(list.revision, revisionOf("IfNotPresent", ["a"]));
      assert.match(list.problem ?? "", /but --revision says 1-000000000000/);
    });

    it("says that it cannot be read, and looks at the rest", async () => {
      const readLines = () => Promise.reject(new Error("the list file /x cannot be read"));
      const { list, images, label } = await createInspectWorld({}, { readLines }).finish();
      assert.deepEqual(list, {
        entries: 0,
        pullPolicy: "IfNotPresent",
        problem: "the list file /x cannot be read",
      });
      assert.deepEqual([images, label.isWritable], [[], true]);
    });
  });

  describe("of the images", () => {
    it("says of which the runtime did not tell", async () => {
      const world = createInspectWorld();
      world.imageService.onStatus("a", failedWith("unknown", "a fault"));
      const { images } = await world.finish("a", "b");
      assert.deepEqual(
        images.map(({ state, message }) => [state, message]),
        [
          ["unknown", "a fault"],
          ["missing", undefined],
        ],
      );
    });

    it("gives up after 12 s where the runtime hangs", async () => {
      const world = createInspectWorld();
      world.imageService.onStatus("a", "hangs");
      const { images } = await world.finish("a");
      assert.equal(world.clock.nowMs(), 12_000);
      assert.equal(images[0]?.state, "unknown");
      assert.equal(images[0]?.message, "the runtime did not say within 12 s whether the image is there");
    });
  });

  describe("of the credentials", () => {
    it("asks once for a repository, and names each problem once", async () => {
      const source = createFakeSource("one");
      source.problems = ["pull secret x is not there"];
      const { images, credentialProblems } = await createInspectWorld({}, { keyring: [source] }).finish(
        "quay.io/x/y:1",
        "quay.io/x/y:2",
        "nginx",
        "B!",
        "other platforms=linux/s390x",
      );
      assert.deepEqual(source.asked.toSorted(), ["docker.io/library/nginx", "quay.io/x/y"]);
      assert.deepEqual(credentialProblems, ["pull secret x is not there"]);
      assert.deepEqual(images[1]?.credentials, ["one"]);
    });

    it("holds no secret, whatever its sources hold", async () => {
      const credential = {
        username: "me",
        password: "hunter2",
        identityToken: "hunter3",
        origin: "somewhere",
      };
      const source: CredentialSource = {
        isInstant: true,
        credentialsFor: async () => ({ credentials: [credential], problems: [] }),
      };
      const findings = await createInspectWorld({}, { keyring: [source] }).finish(
        "https://me:hunter4@quay.io/x",
        "a",
      );
      assert.doesNotMatch(JSON.stringify(findings), /hunter/);
      assert.deepEqual(findings.images[1]?.credentials, ["somewhere"]);
    });

    it("gives up after 12 s where a source hangs, and says so", async () => {
      const source: CredentialSource = {
        isInstant: true,
        credentialsFor: async (repository, signal) =>
          repository === "quay.io/slow" ? untilAborted(signal) : { credentials: [], problems: [] },
      };
      const world = createInspectWorld({}, { keyring: [source] });
      const { images, credentialProblems } = await world.finish("quay.io/slow", "quay.io/quick");
      assert.equal(world.clock.nowMs(), 12_000);
      assert.deepEqual(
        images.map(({ credentials }) => credentials),
        [undefined, []],
      );
      assert.deepEqual(credentialProblems, [
        "the sources of credentials did not answer for every image within 12 s",
      ]);
    });
  });

  describe("of the disk", () => {
    const problemOf = async (minFreePercent: number, freeBytes: number, isUnderDiskPressure = false) => {
      const diskSpace = () => ({ freeBytes, totalBytes: 100 });
      const world = createInspectWorld({ minFreePercent }, { diskSpace });
      world.nodeApi.marks = { label: undefined, annotation: undefined, isUnderDiskPressure };
      return (await world.finish("a")).disk.problem;
    };
    it("says what the guard would say", async () => {
      assert.match(
        (await problemOf(20, 19)) ?? "",
        /^the disk has 19.0 % free, and a pull starts only where 20 % are/,
      );
      assert.match((await problemOf(20, 50, true)) ?? "", /^the Node reports DiskPressure/);
      assert.equal(await problemOf(20, 20), undefined);
      assert.equal(await problemOf(0, 1, true), undefined);
    });
  });

  it("rejects with the reason when its signal aborts, and leaves no timer", async () => {
    const hanging: CredentialSource = {
      isInstant: true,
      credentialsFor: (_, signal) => untilAborted(signal),
    };
    for (const part of ["version", "status", "credentials"] as const) {
      const world = createInspectWorld({}, part === "credentials" ? { keyring: [hanging] } : {});
      if (part === "version") world.imageService.onVersion("hangs");
      if (part === "status") world.imageService.onStatus("a", "hangs");
      const controller = new AbortController();
      const reason = new Error("told to end");
      const rejects = assert.rejects(world.start(["a"], controller.signal), reason);
      await world.clock.advance(100);
      controller.abort(reason);
      await rejects;
      assert.equal(world.clock.pendingCount(), 0, part);
    }
  });
});
