import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KubeError } from "../kube-error.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { untilAborted } from "../testing/script.ts";
import type { Ask, Question } from "./ask.ts";
import { createAskAgain, createFirstTrouble } from "./ask-again.ts";

const never = new AbortController().signal;
const question: Question = { what: "list nodes", path: "/nodes" };

/** What comes of a question of which the first tries come to these codes (0 for no answer), and when it was asked. */
function asked(...codes: readonly number[]) {
  const clock = createFakeClock();
  const timesMs: number[] = [];
  const questions: Question[] = [];
  const left = [...codes];
  const ask: Ask = async (each) => {
    questions.push(each);
    timesMs.push(clock.nowMs());
    const code = left.shift();
    if (code === undefined) return "yes";
    throw new KubeError(`no ${timesMs.length}`, code || undefined);
  };
  const again = createAskAgain(ask, clock, () => 0);
  return { answer: clock.finish(again(question, never)), timesMs, questions };
}

const times = (code: number, count: number) => Array.from({ length: count }, () => code);

describe("createAskAgain()", () => {
  it("asks once where that is answered", async () => {
    const { answer, timesMs, questions } = asked();
    assert.equal(await answer, "yes");
    assert.deepEqual([timesMs, questions], [[0], [question]]);
  });

  for (const code of [0, 429, 500, 503]) {
    it(`asks the same again for up to half a minute, with growing waits: ${code || "no answer"}`, async () => {
      const { answer, timesMs, questions } = asked(...times(code, 14));
      assert.equal(await answer, "yes");
      assert.deepEqual(timesMs.slice(0, 7), [0, 250, 750, 1_750, 3_750, 6_250, 8_750]);
      assert.deepEqual([timesMs.length, timesMs.at(-1)], [15, 28_750]);
      assert.ok(questions.every((each) => each === question));
    });

    it(`throws then what came last: ${code || "no answer"}`, async () => {
      const { answer, timesMs } = asked(...times(code, 16));
      await assert.rejects(answer, { name: "KubeError", message: "no 15", status: code || undefined });
      assert.equal(timesMs.length, 15);
    });
  }

  for (const code of [401, 403]) {
    it(`asks again for up to ten seconds, for rights that are new: ${code}`, async () => {
      const { answer, timesMs } = asked(...times(code, 6));
      assert.equal(await answer, "yes");
      assert.equal(timesMs.at(-1), 8_750);
    });

    it(`throws a refusal that lasts: ${code}`, async () => {
      const { answer, timesMs } = asked(...times(code, 8));
      await assert.rejects(answer, { message: "no 7", status: code });
      assert.equal(timesMs.length, 7);
    });
  }

  for (const lasting of ["login", "server"] as const) {
    it(`throws at once what lasts: ${lasting}`, async () => {
      const error = new KubeError("no", undefined, { lasting });
      let tries = 0;
      const ask: Ask = () => {
        tries += 1;
        return Promise.reject(error);
      };
      await assert.rejects(createAskAgain(ask, createFakeClock(), () => 0)(question, never), error);
      assert.equal(tries, 1);
    });
  }

  it("says the first trouble alone that it takes long for, and not a refusal", async () => {
    const clock = createFakeClock();
    const codes = [403, 503, 0, 429];
    const ask: Ask = async () => {
      const code = codes.shift();
      if (code === undefined) return "yes";
      throw new KubeError(`no ${code}`, code || undefined);
    };
    const told: string[] = [];
    const onTrouble = createFirstTrouble((line) => told.push(line));
    await clock.finish(createAskAgain(ask, clock, () => 0, onTrouble)(question, never));
    assert.deepEqual(told, ["no 503; trying for up to 30 s"]);
  });

  it("says nothing of what is not asked again", async () => {
    for (const options of [{}, { lasting: "server" }] as const) {
      const told: KubeError[] = [];
      const ask: Ask = async () => {
        throw new KubeError("no", "lasting" in options ? undefined : 404, options);
      };
      const again = createAskAgain(
        ask,
        createFakeClock(),
        () => 0,
        (error) => void told.push(error),
      );
      await assert.rejects(again(question, never));
      assert.deepEqual(told, []);
    }
  });

  for (const code of [400, 404, 409, 410, 422]) {
    it(`takes ${code} for the answer`, async () => {
      const { answer, timesMs } = asked(code);
      await assert.rejects(answer, { message: "no 1", status: code });
      assert.deepEqual(timesMs, [0]);
    });
  }

  it("judges each answer by itself", async () => {
    const { answer, timesMs } = asked(503, 403, 404);
    await assert.rejects(answer, { status: 404 });
    assert.deepEqual(timesMs, [0, 250, 750]);
  });

  it("draws the waits", async () => {
    const clock = createFakeClock();
    let tries = 0;
    const ask: Ask = async () => {
      tries += 1;
      if (tries === 1) throw new KubeError("no", 503);
      return "yes";
    };
    await clock.finish(createAskAgain(ask, clock, () => 0.5)(question, never));
    assert.equal(clock.nowMs(), 375);
  });

  it("throws at once what is a bug", async () => {
    const bug = new TypeError("a bug");
    const again = createAskAgain(
      () => Promise.reject(bug),
      createFakeClock(),
      () => 0,
    );
    await assert.rejects(again(question, never), bug);
  });

  it("ends with the signal, while it asks and while it waits", async () => {
    const reason = new Error("told to end");
    const asks: readonly Ask[] = [
      (_, signal) => untilAborted(signal),
      () => Promise.reject(new KubeError("no", 503)),
    ];
    for (const ask of asks) {
      const clock = createFakeClock();
      const controller = new AbortController();
      const end = assert.rejects(createAskAgain(ask, clock, () => 0)(question, controller.signal), reason);
      await clock.advance(100);
      controller.abort(reason);
      await end;
      assert.equal(clock.pendingCount(), 0);
    }
  });
});
