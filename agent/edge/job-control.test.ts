import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { type JobSignal, reactToShell } from "./job-control.ts";

/** A job whose signals come as told, and what was done, in its order. */
function createJob() {
  const signals = new EventEmitter();
  const done: string[] = [];
  const job = {
    pid: 42,
    on: (signal: JobSignal, listener: () => void) => signals.on(signal, listener),
    off: (signal: JobSignal, listener: () => void) => signals.off(signal, listener),
    kill: (pid: number, signal: string) => {
      const hasOwnEffect = signals.listenerCount(signal) === 0;
      done.push(`${signal} to ${pid}${hasOwnEffect ? "" : ", which is listened to"}`);
    },
  };
  const reaction = reactToShell(job, {
    stops: () => void done.push("stops"),
    goesOn: () => void done.push("goes on"),
  });
  return {
    done,
    reaction,
    get: (signal: JobSignal) => signals.emit(signal),
    listenerCount: () => signals.listenerCount("SIGTSTP") + signals.listenerCount("SIGCONT"),
  };
}

describe("reactToShell()", () => {
  it("puts things in order before the job is stopped, and asks for the terminal's size once it goes on", () => {
    const { done, get } = createJob();
    get("SIGTSTP");
    assert.deepEqual(done, ["stops", "SIGTSTP to 42"]);
    get("SIGCONT");
    assert.deepEqual(done.slice(2), ["SIGWINCH to 42", "goes on"]);
  });

  it("does so each time", () => {
    const { done, get } = createJob();
    for (const signal of ["SIGTSTP", "SIGCONT", "SIGCONT", "SIGTSTP"] as const) get(signal);
    assert.deepEqual(
      done.filter((each) => !each.startsWith("SIGWINCH")),
      ["stops", "SIGTSTP to 42", "goes on", "goes on", "stops", "SIGTSTP to 42"],
    );
  });

  it("listens no longer once it is disposed of, stopped before or not", () => {
    for (const signals of [[], ["SIGTSTP"], ["SIGTSTP", "SIGCONT"]] as const) {
      const { reaction, get, listenerCount } = createJob();
      for (const signal of signals) get(signal);
      reaction[Symbol.dispose]();
      assert.equal(listenerCount(), 0);
    }
  });

  it("does nothing for what hears of no signals", () => {
    const untold = () => assert.fail();
    reactToShell({}, { stops: untold, goesOn: untold })[Symbol.dispose]();
  });
});
