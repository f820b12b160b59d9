import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLog } from "./log.ts";

/** A stream that keeps what is written; while it is blocked nothing of that leaves its buffer. */
function createStream() {
  const stream = {
    text: "",
    isBlocked: false,
    writableLength: 0,
    write: (line: string) => {
      stream.text += line;
      if (stream.isBlocked) stream.writableLength += line.length;
      return true;
    },
    lines: () =>
      stream.text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
  return stream;
}

function createWorld() {
  const stream = createStream();
  return { stream, log: createLog({ instance: "my-images", node: "node-1" }, stream) };
}

describe("createLog()", () => {
  it("writes one JSON line a call, with level, time and bindings", () => {
    const { log, stream } = createWorld();
    log.info({ image: "a" }, "hello");
    log.error({}, "line\nend");
    assert.deepEqual(
      stream
        .lines()
        .map(({ time, ...rest }) => ({ ...rest, isTime: !Number.isNaN(Date.parse(String(time))) })),
      [
        { level: "info", instance: "my-images", node: "node-1", image: "a", msg: "hello", isTime: true },
        { level: "error", instance: "my-images", node: "node-1", msg: "line\nend", isTime: true },
      ],
    );
  });

  it("leaves an image's name whole, whatever word it ends with", () => {
    const { log, stream } = createWorld();
    log.info({ image: "auth:1.2", failed: [{ image: "token:1" }] }, "x");
    const [{ image, failed } = {}] = stream.lines();
    assert.deepEqual([image, failed], ["auth:1.2", [{ image: "token:1" }]]);
  });

  it("stays JSON where a secret is cut out, however the text quotes it", () => {
    const url =
      'Get "https://me:hunter2@quay.io/v2/?sig=hunter2": EOF, {"password":"hunter2"}, token: "hunter2';
    const { log, stream } = createWorld();
    log.error({ nested: { list: [url] } }, url);
    assert.ok(!stream.text.includes("hunter2"), stream.text);
    const [{ msg, nested } = {}] = stream.lines();
    assert.equal(
      msg,
      'Get "https://[redacted]@quay.io/v2/?[redacted]": EOF, {"password":[redacted]}, token: [redacted]',
    );
    assert.deepEqual((nested as { list: string[] }).list, [msg]);
  });

  describe("with a stream that nobody reads", () => {
    const limit = 8 * 1024 * 1024;

    it("keeps about 8 MiB of lines waiting, and drops the rest", () => {
      const { log, stream } = createWorld();
      stream.isBlocked = true;
      const long = "x".repeat(10_000);
      for (let line = 0; line < 1_000; line += 1) log.info({}, long);
      assert.ok(stream.writableLength > limit && stream.writableLength < limit + 12_000);
    });

    it("says once how many are missing, and where, as soon as it is read again", () => {
      const { log, stream } = createWorld();
      stream.writableLength = limit + 1;
      log.info({}, "lost");
      log.info({}, "lost too");
      stream.writableLength = 0;
      log.info({}, "read");
      log.info({}, "read too");
      assert.deepEqual(
        stream.lines().map(({ level, msg, lost }) => [level, msg, lost]),
        [
          ["warn", "lines are missing here: nobody read the log", 2],
          ["info", "read", undefined],
          ["info", "read too", undefined],
        ],
      );
    });
  });
});
