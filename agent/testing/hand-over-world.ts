import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { CommandResult } from "../commands/command-result.ts";
import { withNaps } from "../edge/hand-over.ts";
import type { Machine } from "../edge/machine.ts";
import type { Nap } from "../nap.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createRecordingLog, type RecordingLog } from "./recording-log.ts";

/** What a test's command ends with at last. */
export const done: CommandResult = { exitCode: 0, message: "all is there" };

/** A nap, and what the next process has to know. */
export function napOf(delayMs: number, state = "the state"): Nap {
  return { kind: "nap", delayMs, state };
}

/** What a process became in its own place. */
export interface Replacement {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How a run rejects whose process is another program now: nothing of it runs after that. */
export class Replaced extends Error {
  override readonly name = "Replaced";
}

/** What differs from a process with an empty environment, whose output is read. */
export interface HandOverSettings {
  readonly env?: Machine["env"];
  readonly stdout?: Writable;
  /** Whether Node.js can become another program; by default it can. */
  readonly hasExecve?: boolean;
  readonly signal?: AbortSignal;
}

/** A process that may nap: a machine that records what it becomes, and a command whose ends a test gives. */
export interface HandOverWorld {
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  /** What the process became; at most one thing, in the real world. */
  readonly became: readonly Replacement[];
  /** What each run of the command was given. */
  readonly carried: readonly (string | undefined)[];
  /** Runs a command through its naps that ends so, one run after the other; an end may be a deed that comes to it. */
  run(...ends: readonly (CommandResult | Nap | (() => Nap))[]): Promise<CommandResult>;
  /** What the process becomes in place of a command that ends so. */
  becomes(...ends: readonly Nap[]): Promise<Replacement>;
  /** Lets real I/O go on until something waits for the clock. */
  untilWaiting(): Promise<void>;
}

/** A process with that sleeper, on the clock's second of January 2026. */
export function createHandOverWorld(
  sleeper: string | undefined,
  {
    env = {},
    stdout = new Writable({ write: (_chunk, _encoding, written) => written() }),
    hasExecve = true,
    signal = new AbortController().signal,
  }: HandOverSettings = {},
): HandOverWorld {
  const clock = createFakeClock();
  const log = createRecordingLog();
  const became: Replacement[] = [];
  const carried: (string | undefined)[] = [];
  function execve(
    this: Machine,
    file: string,
    args: readonly string[],
    texts: Record<string, string>,
  ): never {
    assert.equal(this, machine);
    became.push({ file, args, env: texts });
    throw new Replaced();
  }
  const machine: Machine = {
    platform: "linux",
    arch: "x64",
    execPath: "/node",
    execArgv: ["--max-old-space-size=64"],
    argv: ["/node", "/prefetcher.mjs", "keep", "--image=a required=false"],
    env,
    cpuUsage: () => ({ user: 0, system: 0 }),
    ...(hasExecve ? { execve } : {}),
  };
  const streams = { stdout: stdout as unknown as NodeJS.WriteStream, stderr: process.stderr };
  const run: HandOverWorld["run"] = (...ends) => {
    const next = ends.values();
    const command = async (text: string | undefined) => {
      carried.push(text);
      const end = next.next().value ?? done;
      return typeof end === "function" ? end() : end;
    };
    return withNaps({ sleeper, machine, streams, clock, log }, command, signal);
  };
  return {
    clock,
    log,
    became,
    carried,
    run,
    becomes: async (...ends) => {
      await assert.rejects(run(...ends), Replaced);
      const [replacement, ...more] = became;
      assert.ok(replacement !== undefined && more.length === 0);
      return replacement;
    },
    untilWaiting: async () => {
      for (let waitedMs = 0; clock.pendingCount() === 0; waitedMs += 1) {
        assert.ok(waitedMs < 5_000, "nothing waits for the clock");
        await setTimeout(1);
      }
    },
  };
}

/** An output whose lines nobody reads, with one of them in it. */
export function createBlockedOutput(): Writable {
  const stdout = new Writable({ write: () => {} });
  stdout.write("the last line");
  return stdout;
}
