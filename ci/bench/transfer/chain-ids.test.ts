import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { chainIds } from "./chain-ids.ts";

describe("chainIds()", () => {
  it("names the lowest layer by its archive, and each other by the name below and its archive", () => {
    const second = `sha256:${createHash("sha256").update("sha256:aa sha256:bb").digest("hex")}`;
    const third = `sha256:${createHash("sha256").update(`${second} sha256:cc`).digest("hex")}`;
    assert.deepEqual(chainIds(["sha256:aa", "sha256:bb", "sha256:cc"]), ["sha256:aa", second, third]);
  });

  it("names nothing where there is no layer", () => {
    assert.deepEqual(chainIds([]), []);
  });
});
