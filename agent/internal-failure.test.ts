import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { internalFailure } from "./internal-failure.ts";

describe("internalFailure()", () => {
  it("says where an error was thrown", () => {
    const { reason, message } = internalFailure(new TypeError("a bug"));
    assert.equal(reason, "internal");
    assert.match(message, /^TypeError: a bug\n\s+at .*internal-failure\.test/);
  });

  it("says the message alone of an error that has no stack", () => {
    const error = new Error("a bug");
    delete error.stack;
    assert.deepEqual(internalFailure(error), { reason: "internal", message: "a bug" });
  });

  it("says what was thrown where it is no error", () => {
    assert.equal(internalFailure("a bug").message, "a bug");
    assert.equal(internalFailure(undefined).message, "undefined");
  });

  it("has no secret in it", () => {
    const { message } = internalFailure(new Error("https://user:hunter2@quay.io/v2/"));
    assert.match(message, /https:\/\/\[redacted\]@quay\.io/);
    assert.doesNotMatch(message, /hunter2/);
  });
});
