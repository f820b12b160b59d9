import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { reasonOfHttpStatus, reasonOfRegistryError, reasonOfWords } from "./failure-from-words.ts";

describe("reasonOfHttpStatus()", () => {
  const reasons = [
    [429, "throttled"],
    [401, "unauthorized"],
    [403, "unauthorized"],
    [404, "not_found"],
    [408, "unavailable"],
    [500, "unavailable"],
    [599, "unavailable"],
    [200, undefined],
    [400, undefined],
    [402, undefined],
    [499, undefined],
    [600, undefined],
  ] as const;
  for (const [statusCode, reason] of reasons) {
    it(`takes ${statusCode} for ${reason}`, () => assert.equal(reasonOfHttpStatus(statusCode), reason));
  }
});

describe("reasonOfRegistryError()", () => {
  const reasons = [
    ["toomanyrequests: slow down", "throttled"],
    ["unauthorized: authentication required", "unauthorized"],
    ["denied", "unauthorized"],
    ["errors:\nname unknown: repository name not known to registry\ndenied\n", "not_found"],
    ["manifest unknown", "not_found"],
    ["blob unknown", "not_found"],
    ["unavailable", "unavailable"],
    ["unknown: no space left on device", undefined],
    ["request denied", undefined],
    ["denied by the policy", undefined],
  ] as const;
  for (const [text, reason] of reasons) {
    it(`takes ${JSON.stringify(text)} for ${reason}`, () =>
      assert.equal(reasonOfRegistryError(text), reason));
  }
});

describe("reasonOfWords()", () => {
  it("finds the status behind a long URL, on a line of its own", () => {
    const url = `https://r.io/v2/${"a".repeat(5_000)}`;
    assert.equal(
      reasonOfWords(`first\nunexpected status from GET request to ${url}: 503 x\nmore`),
      "unavailable",
    );
  });

  it("finds the status where the text ends", () =>
    assert.equal(reasonOfWords("unexpected status: 503"), "unavailable"));

  it("takes no other number for a status", () => {
    for (const text of [
      "wrote 503 bytes",
      "wrote 503 bytes, no status",
      "status\n503",
      "status 5030",
      "status :503",
      "status 503:1",
      "429",
    ]) {
      assert.equal(reasonOfWords(text), undefined, text);
    }
  });

  it("knows nothing of what nobody has seen", () => {
    assert.equal(reasonOfWords("something new"), undefined);
    assert.equal(reasonOfWords(""), undefined);
  });
});
