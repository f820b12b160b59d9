import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agentEndText, isStanding } from "./agent-end.ts";
import type { AgentEnd } from "./fleet-api.ts";

const once: AgentEnd = { exitCode: 5, times: 1, why: "no socket", isBack: false };

describe("agentEndText()", () => {
  it("says with what it ended, and how often", () => {
    assert.equal(agentEndText(once), "ended with 5: no socket");
    assert.equal(agentEndText({ ...once, times: 4 }), "ended 4 times, last with 5: no socket");
    assert.equal(agentEndText({ ...once, why: "" }), "ended with 5");
  });

  it("is the same when it runs again, and does not change with each end for ever", () => {
    assert.equal(agentEndText({ ...once, isBack: true }), agentEndText(once));
    const often = agentEndText({ ...once, times: 10 });
    assert.equal(often, "ended 10 times or more, last with 5: no socket");
    assert.equal(agentEndText({ ...once, times: 400 }), often);
  });

  it("has no secrets, and is not long", () => {
    assert.equal(agentEndText({ ...once, why: "password=x" }), "ended with 5: password=[redacted]");
    assert.equal(agentEndText({ ...once, why: "x".repeat(500) }), `ended with 5: ${"x".repeat(400)}…`);
  });
});

describe("isStanding()", () => {
  const isBack = true;

  it("is so while the agent is away, and until it has written something", () => {
    assert.equal(isStanding(once, true), true);
    assert.equal(isStanding({ ...once, isBack }, false), true);
  });

  it("is over once an agent that ended a single time is back and has written something", () => {
    assert.equal(isStanding({ ...once, isBack }, true), false);
    assert.equal(isStanding({ ...once, isBack, times: 2 }, true), true);
  });
});
