import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { layerMaker, pushBenchImage, storedBenchImage } from "./bench-image.ts";
import type { ImagePlan, LayerPlan } from "./transfer-types.ts";

const signal = AbortSignal.timeout(30_000);
const layer = (name: string, content: LayerPlan["content"] = "random"): LayerPlan => ({
  name,
  bytes: 10_000,
  content,
});
const image = (name: string, ...layers: readonly LayerPlan[]): ImagePlan => ({ name, layers });

describe("pushBenchImage()", () => {
  it("puts a program that ends at once below the layers, and runs it", async (t) => {
    const { registry, blobs, push } = await open(t);
    await push(image("a", layer("low"), layer("high", "files")));
    const stored = await storedBenchImage(registry, "scene", { name: "a" });
    assert.ok(stored);
    const [config, ...layers] = stored.blobs.map(({ digest }) => blobs.get(digest) ?? Buffer.alloc(0));
    assert.deepEqual(JSON.parse(String(config)).config.Entrypoint, ["/exit"]);
    assert.match(gunzipSync(layers[0] ?? "").toString("latin1"), /^exit\0+0000755\0/);
    assert.match(gunzipSync(layers[1] ?? "").toString("latin1"), /^low\.bin\0/);
    assert.match(gunzipSync(layers[2] ?? "").toString("latin1"), /^high\/0\/0\.txt\0/);
    assert.deepEqual(
      stored.diffIds,
      layers.map((bytes) => digestOf(gunzipSync(bytes))),
    );
    assert.deepEqual(
      stored.blobs.map(({ bytes }) => bytes),
      [config, ...layers].map((bytes) => bytes?.length),
    );
    assert.equal(stored.path, "bench/scene/a:1");
  });

  it("gives images whose lowest layer is the same all that is below it too, and others nothing", async (t) => {
    const { registry, push } = await open(t);
    const plans = [
      image("a", layer("base"), layer("a")),
      image("b", layer("base"), layer("b")),
      image("c", layer("c")),
    ];
    for (const plan of plans) await push(plan);
    const layersOf = async (name: string) =>
      (await storedBenchImage(registry, "scene", { name }))?.blobs.slice(1).map(({ digest }) => digest) ?? [];
    const [a, b, c] = [await layersOf("a"), await layersOf("b"), await layersOf("c")];
    assert.deepEqual(a.slice(0, 2), b.slice(0, 2));
    assert.equal(new Set([...a, ...b, ...c]).size, 6);
  });
});

describe("storedBenchImage()", () => {
  it("knows no image that was not pushed", async (t) => {
    const { registry } = await open(t);
    assert.equal(await storedBenchImage(registry, "scene", { name: "a" }), undefined);
  });
});

/** A registry that holds what is pushed to it. */
async function open(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "images-"));
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const { method, url = "" } = request;
    const body = Buffer.concat(await request.toArray());
    const [, digest = ""] = /(sha256(?::|%3A)[0-9a-f]+)$/.exec(url) ?? [];
    if (method === "POST") response.writeHead(202, { location: url }).end();
    else if (method === "PUT") {
      if (url.includes("/manifests/")) manifests.set(url, body);
      else blobs.set(decodeURIComponent(digest), body);
      response.writeHead(201).end();
    } else {
      const found = url.includes("/manifests/") ? manifests.get(url) : blobs.get(digest);
      response.writeHead(found === undefined ? 404 : 200).end(found ?? "{}");
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const make = layerMaker(folder, signal);
  return { registry, blobs, push: (plan: ImagePlan) => pushBenchImage(registry, "scene", plan, make) };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
