import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createImageWatch, type ImageSource, imageEvent } from "./image-watch.ts";

describe("imageEvent()", () => {
  it("reads which image was made, and when, to the microsecond", () => {
    const line =
      '2026-11-23 06:18:53.178848704 +0000 UTC k8s.io /images/create {"name":"10.0.0.1:5000/a:1","labels":{"a":"b"}}';
    const event = imageEvent(line);
    assert.equal(event?.name, "10.0.0.1:5000/a:1");
    assert.equal(Math.round((event?.atMs ?? 0) * 1000), Date.UTC(2026, 10, 23, 6, 18, 53) * 1000 + 178_849);
  });

  it("reads a time of a whole second", () => {
    const line = '2026-11-23 06:18:53 +0000 UTC k8s.io /images/create {"name":"a"}';
    assert.equal(imageEvent(line)?.atMs, Date.UTC(2026, 10, 23, 6, 18, 53));
  });

  it("takes no other event for one", () => {
    for (const topic of ["/images/delete", "/images/update", "/namespaces/update"])
      assert.equal(imageEvent(`2026-11-23 06:18:53.1 +0000 UTC k8s.io ${topic} {"name":"a"}`), undefined);
  });
});

describe("createImageWatch()", () => {
  const images = ["a", "b"].map((name) => ({
    reference: `h:1/${name}:1`,
    repoDigest: `h:1/${name}@sha256:aa`,
  }));
  const never = new AbortController().signal;
  const open = () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const source: ImageSource = { listeners: new Set(), ended };
    const tell = (name: string, atMs: number) => {
      for (const listener of source.listeners) listener(name, atMs);
    };
    return { watch: createImageWatch(images, source), source, tell, end };
  };

  it("notes when an image was first there by its last name, and resolves when all are", async () => {
    const { watch, tell } = open();
    const all = watch.allThere(never);
    tell("h:1/a:1", 1);
    tell("h:1/a@sha256:aa", 2);
    tell("h:1/other@sha256:aa", 3);
    tell("h:1/a@sha256:aa", 4);
    assert.deepEqual([...watch.thereAtMs], [["h:1/a:1", 2]]);
    tell("h:1/b@sha256:aa", 5);
    await all;
    await watch.allThere(never);
    assert.deepEqual([...watch.thereAtMs.values()], [2, 5]);
  });

  it("rejects with the signal's reason", async () => {
    const { watch } = open();
    const reason = new Error("enough");
    await assert.rejects(watch.allThere(AbortSignal.abort(reason)), reason);
    const aborting = new AbortController();
    const all = watch.allThere(aborting.signal);
    aborting.abort(reason);
    await assert.rejects(all, reason);
  });

  it("hears nothing more once it is disposed of, and says so to whoever waits", async () => {
    const { watch, source, tell } = open();
    const all = watch.allThere(never);
    await watch[Symbol.asyncDispose]();
    await assert.rejects(all, /disposed of before/);
    tell("h:1/a@sha256:aa", 1);
    assert.deepEqual([watch.thereAtMs.size, source.listeners.size], [0, 0]);
  });

  it("rejects where nothing is told any more", async () => {
    const { watch, end } = open();
    const all = watch.allThere(never);
    end();
    await assert.rejects(all, /has ended/);
  });
});
