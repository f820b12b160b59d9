import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a process that runs `statements` with a log writes to stdout: the log is its file descriptor 1. */
async function stdoutOf(statements: string): Promise<string> {
  const source = `
    import { createLog } from ${JSON.stringify(new URL("./log.ts", import.meta.url).href)};
    const log = createLog({ instance: "my-images", node: "node-1" });
    ${statements}`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", source]);
  return stdout;
}

describe("createLog()", () => {
  it("writes one JSON line a call, with level, time and bindings", async () => {
    const stdout = await stdoutOf('log.info({ image: "a" }, "hello"); log.error({}, "line\\nend");');
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map(({ time, ...rest }) => ({ ...rest, isTime: !Number.isNaN(Date.parse(String(time))) })),
      [
        { level: "info", instance: "my-images", node: "node-1", image: "a", msg: "hello", isTime: true },
        { level: "error", instance: "my-images", node: "node-1", msg: "line\nend", isTime: true },
      ],
    );
  });

  it("leaves an image's name whole, whatever word it ends with", async () => {
    const stdout = await stdoutOf('log.info({ image: "auth:1.2", failed: [{ image: "token:1" }] }, "x");');
    const { image, failed } = JSON.parse(stdout) as { image: string; failed: unknown };
    assert.deepEqual([image, failed], ["auth:1.2", [{ image: "token:1" }]]);
  });

  it("stays JSON where a secret is cut out, however the text quotes it", async () => {
    const url =
      'Get "https://me:hunter2@quay.io/v2/?sig=hunter2": EOF, {"password":"hunter2"}, token: "hunter2';
    const stdout = await stdoutOf(
      `log.error({ nested: { list: [${JSON.stringify(url)}] } }, ${JSON.stringify(url)});`,
    );
    assert.ok(!stdout.includes("hunter2"), stdout);
    const { msg, nested } = JSON.parse(stdout) as { msg: string; nested: { list: string[] } };
    assert.equal(
      msg,
      'Get "https://[redacted]@quay.io/v2/?[redacted]": EOF, {"password":[redacted]}, token: [redacted]',
    );
    assert.deepEqual(nested.list, [msg]);
  });
});
