import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entriesFromLines } from "./image-list.ts";
import type { Outcome } from "./outcome.ts";
import { summaryOf, terminationMessageFrom } from "./termination-message.ts";
import { cpuMsOf } from "./testing/cpu-time.ts";
import { failedWith } from "./testing/fake-image-service.ts";

describe("summaryOf()", () => {
  const [a, b] = entriesFromLines(["a", "b"]) as [never, never];
  const present: Outcome = { kind: "present", entry: a, digests: [] };
  const failed: Outcome = { ...failedWith("not_found", "no such tag"), entry: b, attempts: 1, durationMs: 1 };

  it("counts what is there and names what is not", () => {
    assert.equal(
      summaryOf("1-0123456789ab", [present, failed]),
      "failed: 1 of 2 images are there (revision 1-0123456789ab)\nb: not_found: no such tag",
    );
  });

  it("gives each failure one line that is not too long, whatever a registry wrote", () => {
    const page = `\n<html>\n  <body>${"busy ".repeat(200)}</body>\r\n</html>`;
    const verbose: Outcome = { ...failed, failure: { reason: "unavailable", message: page } };
    const [, line = "", ...more] = summaryOf("1-0", [verbose]).split("\n");
    assert.deepEqual(more, []);
    assert.match(line, /^b: unavailable: <html> <body>busy busy .*\.\.\.$/);
    assert.ok(line.length < 330, line);
  });

  it("names the required failures first, and calls the others optional", () => {
    const [c] = entriesFromLines(["c required=false"]) as [never];
    assert.equal(
      summaryOf("1-0", [{ ...failed, entry: c }, failed]),
      "failed: 0 of 2 images are there (revision 1-0)\nb: not_found: no such tag\nc (optional): not_found: no such tag",
    );
  });

  it("counts what is skipped, and what has not had its turn as not there", () => {
    const outcomes: readonly Outcome[] = [
      present,
      { kind: "skipped", entry: b },
      { kind: "pending", entry: b },
    ];
    assert.equal(
      summaryOf("1-0", outcomes),
      "succeeded: 1 of 3 images are there, 1 skipped as meant for other platforms (revision 1-0)",
    );
  });

  it("is one line where all is there", () => {
    assert.equal(summaryOf("1-0", [present]), "succeeded: 1 of 1 images are there (revision 1-0)");
  });
});

describe("terminationMessageFrom()", () => {
  it("leaves a short text as it is", () => assert.equal(terminationMessageFrom("a\nb"), "a\nb"));

  it("takes exactly 4096 bytes, and cuts one more", () => {
    const lines = `${"x".repeat(95)}\n`.repeat(42) + "x".repeat(64);
    assert.equal(terminationMessageFrom(lines), lines);
    assert.equal(terminationMessageFrom("x".repeat(4097)), "x".repeat(4096));
  });

  it("cuts the last lines and counts them", () => {
    const lines = Array.from({ length: 500 }, (_, index) => `image-${index}: not_found`);
    const shown = terminationMessageFrom(lines.join("\n")).split("\n");
    const last = shown.pop();
    assert.deepEqual(shown, lines.slice(0, shown.length));
    assert.equal(last, `... and ${500 - shown.length} more`);
    const bytes = (count: number) => Buffer.byteLength([...lines.slice(0, count), last].join("\n"));
    assert.ok(bytes(shown.length) <= 4096 && bytes(shown.length + 1) > 4096);
  });

  it("cuts no line more than it must, at whatever byte the limit falls", () => {
    // About ten lines fit, and ten do not: the count has one digit or two.
    for (let length = 0; length < 400; length += 1) {
      const lines = ["x".repeat(length), ...Array<string>(19).fill("y".repeat(400))];
      const cutAfter = (shown: number) =>
        [...lines.slice(0, shown), `... and ${lines.length - shown} more`].join("\n");
      const message = terminationMessageFrom(lines.join("\n"));
      const shown = message.split("\n").length - 1;
      assert.equal(message, cutAfter(shown));
      assert.ok(message.length <= 4096 && cutAfter(shown + 1).length > 4096, `${length}: ${shown} lines`);
    }
  });

  it("keeps the count behind a headline that is too long by itself", () => {
    const message = terminationMessageFrom(`${"é".repeat(4_000)}\nb\nc`);
    assert.ok(Buffer.byteLength(message) <= 4096 && !message.includes("\uFFFD"));
    assert.match(message, /\.\.\. and 2 more$/);
  });

  it("holds no secret", () => {
    assert.equal(terminationMessageFrom("https://u:hunter2@quay.io/"), "https://[redacted]@quay.io/");
  });

  it("is made quickly from twenty thousand lines", () => {
    const text = "registry.example.com/app: not_found: no such tag\n".repeat(20_000);
    assert.ok(cpuMsOf(() => terminationMessageFrom(text)) < 500);
  });
});
