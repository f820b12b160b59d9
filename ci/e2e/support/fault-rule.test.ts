import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type FaultRule, faultRule, together } from "./fault-rule.ts";

interface Fault {
  readonly status?: number;
  readonly delayMs?: number;
}

const isA = (subject: string) => subject === "a";
const statusesOf = (rule: (subject: string) => Fault | undefined, subjects: string) =>
  [...subjects].map((subject) => rule(subject)?.status);

describe("faultRule()", () => {
  it("gives the fault to everyone who is meant and to nobody else", () => {
    assert.deepEqual(statusesOf(faultRule(isA, { status: 503 }), "aba"), [503, undefined, 503]);
  });

  it("counts only those who are meant for its times", () => {
    const rule = faultRule(isA, { status: 503 }, { times: 2 });
    assert.deepEqual(statusesOf(rule, "baaba"), [undefined, 503, 503, undefined, undefined]);
  });

  it("lets the first ones through with after", () => {
    const rule = faultRule(isA, { status: 503 }, { after: 1, times: 1 });
    assert.deepEqual(statusesOf(rule, "aaa"), [undefined, 503, undefined]);
  });
});

describe("together()", () => {
  const isAnyone = () => true;

  it("merges the faults, and the earlier rule is right where two say the same thing", () => {
    const rule = together<string, Fault>(
      faultRule(isA, { status: 429 }, { times: 1 }),
      faultRule(isAnyone, { delayMs: 10 }),
      faultRule(isAnyone, { status: 503, delayMs: 20 }, { times: 2 }),
    );
    assert.deepEqual(
      ["a", "a", "a"].map((subject) => rule(subject)),
      [{ status: 429, delayMs: 10 }, { status: 503, delayMs: 10 }, { delayMs: 10 }],
    );
  });

  it("says nothing where no rule does", () => {
    assert.equal(together<string, Fault>(faultRule(isA, { status: 503 }))("b"), undefined);
  });

  it("waits for the rule that waits", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const holds: FaultRule<string, Fault> = () => promise;
    const fault = together<string, Fault>(holds, faultRule(isAnyone, { status: 500 }))("a");
    const race = await Promise.race([fault, Promise.resolve("held")]);
    assert.equal(race, "held");
    resolve();
    assert.deepEqual(await fault, { status: 500 });
  });
});
