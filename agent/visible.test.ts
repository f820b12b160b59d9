import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { visible, visibleJson } from "./visible.ts";

// A colour by an ESC and by a C1 control character, DEL, a line separator, a right-to-left override, a tag beyond the BMP.
const hostile = "a\u001b[31m\u009b31m\u007f\r\nb\tc\u2028\u202e\u{e0001}";
const shown = "a\\u001b[31m\\u009b31m\\u007f\\r\\nb\\tc\\u2028\\u202e\\udb40\\udc01";

describe("visible()", () => {
  it("writes what a terminal obeys, or does not show, as JSON would", () => {
    assert.equal(visible(hostile), shown);
  });

  it("leaves all else as it is", () => {
    const text = 'C:\\n "quoted" üß — 画像 🙂';
    assert.equal(visible(text), text);
  });
});

describe("visibleJson()", () => {
  it("comes to the same value, with only what a terminal shows, and line feeds, in it", () => {
    const value = { [hostile]: [hostile, 1] };
    const text = visibleJson(value);
    assert.deepEqual(JSON.parse(text), value);
    assert.equal(text, `{\n  "${shown}": [\n    "${shown}",\n    1\n  ]\n}`);
  });
});
