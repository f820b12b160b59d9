import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { type PartWeight, weighParts, weightTable } from "./weigh-parts.ts";

describe("weighParts()", () => {
  const file = (path: string, size: number) => ({ path, bytes: randomBytes(size) });
  const files = [
    file("node", 9_000),
    file("lib64/ld-linux-x86-64.so.2", 100),
    file("lib/x86_64-linux-gnu/libc.so.6", 700),
    file("etc/ssl/certs/ca-certificates.crt", 600),
    file("usr/share/doc/nodejs/LICENSE", 500),
    file("prefetcher.mjs.LEGAL.txt", 50),
    file("pause", 300),
    file("prefetcher.mjs", 3_000),
    file("prefetcher-ABCDEFGH.mjs", 1_000),
  ];
  const whole = { bytes: 20_480, compressedBytes: 15_800 };
  const weigh = () => weighParts(files, whole);
  const bytesOf = (parts: readonly PartWeight[], name: string) =>
    parts.find((part) => part.name === name)?.bytes;

  it("has each file in one part", async () => {
    const parts = await weigh();
    assert.equal(bytesOf(parts, "C and C++ libraries"), 800);
    assert.equal(bytesOf(parts, "certificate authorities"), 600);
    assert.equal(bytesOf(parts, "licences and copyrights"), 550);
    assert.equal(bytesOf(parts, "pause, tini and snooze"), 300);
    assert.equal(bytesOf(parts, "the agent's bundle"), 4_000);
  });

  it("leaves Node.js what the other parts do not weigh, so that all of them weigh what the image does", async () => {
    const parts = await weigh();
    assert.equal(
      parts.reduce((total, { bytes }) => total + bytes, 0),
      whole.bytes,
    );
    assert.equal(
      parts.reduce((total, { compressedBytes }) => total + compressedBytes, 0),
      whole.compressedBytes,
    );
    assert.equal(parts[0]?.name, "Node.js and the archives' frame");
  });

  it("is shown as a table that marks what is approximate", () => {
    const parts = [{ name: "the agent's bundle", bytes: 1_829_048, compressedBytes: 512_345 }];
    assert.deepEqual(
      weightTable("linux/amd64", { bytes: 117_231_104, compressedBytes: 32_950_123 }, parts).split("\n"),
      [
        "linux/amd64                        compressed  uncompressed",
        "  the agent's bundle                 ~0.51 MB       1.83 MB",
        "  all of it                          32.95 MB     117.23 MB",
      ],
    );
  });
});
