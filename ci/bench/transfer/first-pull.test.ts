import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { firstPullAtMs } from "./first-pull.ts";

const log = String.raw`time="2026-11-23T06:10:11.1Z" level=info msg="PullImage \"10.103.0.1:5000/pause:3.10\""
time="2026-11-23T06:10:12.403769215Z" level=info msg="PullImage \"10.103.0.1:5000/app:1\""
time="2026-11-23T06:10:13.5Z" level=info msg="PullImage \"10.103.0.1:5000/app:1\" returns image reference \"sha256:01\""
time="2026-11-23T06:10:13Z" level=info msg="PullImage \"10.103.0.1:5000/web:1\""
`;
const second = (count: number) => Date.UTC(2026, 10, 23, 6, 10, count);

describe("firstPullAtMs", () => {
  it("says to a part of a millisecond when one of the images was first asked for", () => {
    const references = ["10.103.0.1:5000/web:1", "10.103.0.1:5000/app:1"];
    assert.equal(firstPullAtMs(log, references), second(12) + 403.769215);
  });

  it("reads a time of whole seconds", () => {
    assert.equal(firstPullAtMs(log, ["10.103.0.1:5000/web:1"]), second(13));
  });

  it("knows of no pull where none of the images was asked for", () => {
    assert.equal(firstPullAtMs(log, ["10.103.0.1:5000/other:1"]), undefined);
  });
});
