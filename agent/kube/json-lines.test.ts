import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GarbledStream, objectsIn } from "./json-lines.ts";

/** The objects of a stream that comes in these chunks. */
async function objects(chunks: readonly (string | Uint8Array)[], maxLineBytes = 1024): Promise<object[]> {
  async function* stream() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  return await all(objectsIn(stream(), maxLineBytes));
}

async function all(stream: AsyncIterable<object>): Promise<object[]> {
  const found: object[] = [];
  for await (const object of stream) found.push(object);
  return found;
}

const text = '{"a":"ä€🙂"}\n{"b":[1]}\n{}\n';
const read = [{ a: "ä€🙂" }, { b: [1] }, {}];

describe("objectsIn()", () => {
  it("reads several lines of a chunk", async () => assert.deepEqual(await objects([text]), read));

  it("reads lines, and characters, that are cut anywhere", async () => {
    const bytes = Buffer.from(text);
    for (let at = 0; at <= bytes.length; at += 1)
      assert.deepEqual(await objects([bytes.subarray(0, at), bytes.subarray(at)]), read);
    assert.deepEqual(await objects([...bytes].map((byte) => Uint8Array.of(byte))), read);
  });

  it("reads nothing of nothing", async () => assert.deepEqual(await objects([]), []));

  const mib = 1024 * 1024;
  const garbled: readonly [what: string, chunks: readonly (string | Uint8Array)[], message: string][] = [
    ["a line that is no JSON", ["<html>\n"], "has a line that is no JSON"],
    ["an empty line", ["{}\n\n"], "has a line that is no JSON"],
    ["bytes that are no UTF-8", ['{"a":"', Uint8Array.of(0xff), '"}\n'], "has a line that is no JSON"],
    ["a line that is null", ["null\n"], "has a line that is no object"],
    ["a line that is a number", ["7\n"], "has a line that is no object"],
    ["an end within a line", ["{}\n{}"], "ended within a line"],
    ["a line that is too long", [`"${"x".repeat(mib)}"\n`], "has a line of more than 1 MiB"],
    ["one that does not end", Array(1025).fill("x".repeat(1024)), "has a line of more than 1 MiB"],
  ];
  for (const [what, chunks, message] of garbled)
    it(`throws for ${what}`, async () => {
      await assert.rejects(objects(chunks, mib), (error) => {
        assert.ok(error instanceof GarbledStream);
        assert.equal(error.message, message);
        return true;
      });
    });

  it("reads a line of the greatest length", async () => {
    assert.deepEqual(await objects(['{"a":"x', 'x"}\n'], 10), [{ a: "xx" }]);
    await assert.rejects(objects(['{"a":"x', 'x"}\n'], 9));
  });

  it("reads no further once a line is too long", async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 1;
        yield Buffer.alloc(100);
      }
    }
    await assert.rejects(all(objectsIn(endless(), 1000)));
    assert.equal(read, 11);
  });
});
