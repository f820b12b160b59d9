import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isReadySince } from "./node-ready.ts";

const since = new Date("2026-01-01T12:00:00.300Z");

function nodeThat(status: string, lastHeartbeatTime: string) {
  return { status: { conditions: [{ type: "Ready", status, lastHeartbeatTime }] } };
}

describe("isReadySince()", () => {
  it("is true of a Ready node whose heartbeat is younger", () => {
    assert.ok(isReadySince(nodeThat("True", "2026-01-01T12:00:01Z"), since));
  });

  it("is false of a heartbeat of the same second, which may be older", () => {
    assert.ok(!isReadySince(nodeThat("True", "2026-01-01T12:00:00Z"), since));
  });

  it("is false of a node that is not ready, and of one that said nothing yet", () => {
    assert.ok(!isReadySince(nodeThat("False", "2026-01-01T12:00:01Z"), since));
    assert.ok(!isReadySince({}, since));
  });
});
