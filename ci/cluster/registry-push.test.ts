import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pushImage } from "./registry-push.ts";

describe("pushImage()", () => {
  it("uploads layers and configuration before the manifest that names them", async (t) => {
    const requests: { line: string; body: string }[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      requests.push({ line: `${request.method} ${request.url}`, body });
      response
        .writeHead(request.method === "POST" ? 202 : 201, { location: "/v2/box/blobs/uploads/7?state=s" })
        .end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const digest = await pushImage(
      registry,
      { repository: "box", tag: "1" },
      { layers: [Buffer.from("a")], config: {} },
    );

    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    const layer = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    assert.deepEqual(
      requests.map(({ line }) => line.replace(/sha256%3A(?!ca97).*/, "OTHER")),
      [
        "POST /v2/box/blobs/uploads/",
        `PUT /v2/box/blobs/uploads/7?state=s&digest=sha256%3A${layer}`,
        "POST /v2/box/blobs/uploads/",
        "PUT /v2/box/blobs/uploads/7?state=s&digest=OTHER",
        "PUT /v2/box/manifests/1",
      ],
    );
    assert.match(requests.at(-1)?.body ?? "", new RegExp(`"digest":"sha256:${layer}"`));
  });

  it("uploads a gzipped layer from its file, and names the archive in it", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "layer-"));
    t.after(() => rm(folder, { recursive: true }));
    const path = join(folder, "layer.tar.gz");
    await writeFile(path, "gzipped");
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      if (request.method === "PUT") bodies.push(body);
      response.writeHead(201, { location: "/v2/box/blobs/uploads/7" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const layer = { path, digest: "sha256:aa", diffId: "sha256:bb" };
    await pushImage(registry, { repository: "box", tag: "1" }, { layers: [layer], config: { os: "linux" } });

    const [blob, config, manifest] = bodies;
    assert.equal(blob, "gzipped");
    assert.deepEqual(JSON.parse(config ?? ""), {
      os: "linux",
      rootfs: { type: "layers", diff_ids: ["sha256:bb"] },
    });
    const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip";
    assert.deepEqual(JSON.parse(manifest ?? "").layers, [{ mediaType, size: 7, digest: "sha256:aa" }]);
  });

  it("uploads nothing of a layer that the registry takes from another repository", async (t) => {
    const lines: string[] = [];
    const server = createServer((request, response) => {
      lines.push(`${request.method} ${request.url}`);
      const isTaken = request.url?.includes("mount=");
      response.writeHead(isTaken ? 201 : 202, { location: "/v2/box/blobs/uploads/7" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const layer = { path: import.meta.filename, digest: "sha256:aa", diffId: "sha256:bb", from: "other/box" };
    await pushImage(registry, { repository: "box", tag: "1" }, { layers: [layer], config: {} });
    assert.equal(lines[0], "POST /v2/box/blobs/uploads/?mount=sha256%3Aaa&from=other%2Fbox");
    assert.equal(lines.filter((line) => line.startsWith("PUT /v2/box/blobs")).length, 1);
  });

  it("throws what the registry answered when it refuses", async (t) => {
    const server = createServer((_request, response) => response.writeHead(405).end("read-only"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const push = pushImage(registry, { repository: "box", tag: "1" }, { layers: [], config: {} });
    await assert.rejects(push, /answered 405: read-only/);
  });
});
