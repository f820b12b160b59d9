import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { agentArguments, chart, template } from "./helm.ts";

const maxBytes = 32 * 1024;

describe("the list in values", () => {
  it("is called the sample exactly where it is the default of values.yaml", () => {
    const { images } = parse(readFileSync(`${chart}/values.yaml`, "utf8")) as { images: readonly string[] };
    const spelt = (options: object) => images.map((ref) => ({ ref, ...options }));
    assert.ok(isSample(images));
    assert.ok(isSample(spelt({})));
    assert.ok(isSample(spelt({ required: true })));
    assert.ok(!isSample([...images, "registry.example.com/a:1"]));
    assert.ok(!isSample(spelt({ platforms: ["linux/amd64"] })));
    assert.ok(!isSample([...images, ...spelt({ required: false })]));
  });

  it("may have 32 KiB", () => {
    const references = listOfBytes(maxBytes);
    const rendered = agentArguments({ values: { images: references } }).filter((argument) =>
      argument.startsWith("--image="),
    );
    assert.deepEqual(
      rendered,
      references.map((reference) => `--image=${reference}`),
    );
  });

  it("is refused with a byte more, and the refusal names existingList", () => {
    const { status, stderr } = template({ values: { images: listOfBytes(maxBytes + 1) } });
    assert.notEqual(status, 0);
    assert.match(
      stderr,
      /images: the list has 32769 bytes, .* at most 32768 .* existingList: \{configMap: NAME, key: KEY, revision: REVISION\}/,
    );
  });

  it("is counted in bytes and without duplicates", () => {
    const twoBytesEach = "é".repeat(maxBytes / 2);
    assert.equal(template({ values: { images: [twoBytesEach, twoBytesEach] } }).status, 0);
    assert.notEqual(template({ values: { images: [`${twoBytesEach}é`] } }).status, 0);
  });

  it("is counted as it is rendered, options and all", () => {
    const platforms = ["linux/arm64", "linux/amd64", "linux/arm64"];
    const remaining = maxBytes - " platforms=linux/amd64,linux/arm64\nb required=false".length;
    const images = (bytes: number) => [
      { ref: "a".repeat(bytes), required: true, platforms },
      { ref: "b", required: false },
    ];
    assert.equal(template({ values: { images: images(remaining) } }).status, 0);
    assert.match(template({ values: { images: images(remaining + 1) } }).stderr, /the list has 32769 bytes/);
  });
});

function isSample(images: readonly unknown[]): boolean {
  return agentArguments({ values: { images } }).includes("--sample");
}

/** Distinct references that have so many bytes when LF joins them. */
function listOfBytes(bytes: number): readonly string[] {
  const references: string[] = [];
  let remaining = bytes;
  for (let number = 1000; remaining > 200; number += 1) {
    const reference = `registry.example.com/${"a".repeat(70)}:${number}`;
    references.push(reference);
    remaining -= reference.length + 1;
  }
  return [...references, "b".repeat(remaining)];
}
