import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { peakOfProgram, runTimeFrom, timeProgram } from "./run-program.ts";

const { signal } = new AbortController();
const env = { PATH: process.env.PATH ?? "" };

describe("runTimeFrom()", () => {
  it("takes the last line, whatever the program wrote before", () => {
    assert.deepEqual(runTimeFrom("1 2 3\na warning\n0.500 0.250 0.125\n"), { wallMs: 500, cpuMs: 375 });
  });

  it("reads other locales' decimals", () => {
    assert.deepEqual(runTimeFrom("0,500 0,250 0,125\n"), { wallMs: 500, cpuMs: 375 });
  });

  for (const text of ["", "0.5 0.2", "no times here"]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => runTimeFrom(text), /timed nothing/));
  }
});

describe("timeProgram()", () => {
  it("counts a wait as time, and not as processor time", async () => {
    const { wallMs, cpuMs } = await timeProgram(
      { args: ["--eval", "setTimeout(() => {}, 1500)"], env },
      signal,
    );
    assert.ok(wallMs >= 1_500, `${wallMs} ms`);
    assert.ok(cpuMs > 0 && cpuMs < wallMs, `${cpuMs} ms`);
  });

  it("fails with what the program said where that fails", async () => {
    const command = { args: ["--eval", "console.error('oh no'); process.exit(3)"], env };
    await assert.rejects(timeProgram(command, signal), /exit code 3(.|\n)*oh no/);
  });
});

describe("peakOfProgram()", () => {
  it("sees what was held once and let go", async () => {
    const hold = "let all = Buffer.alloc(150 << 20, 1); all = undefined; gc(); setTimeout(() => {}, 200)";
    const [much, little] = [
      await peakOfProgram({ args: ["--expose-gc", "--eval", hold], env }, signal),
      await peakOfProgram({ args: ["--eval", "setTimeout(() => {}, 200)"], env }, signal),
    ];
    assert.ok(much - little > 140, `${much} and ${little} MiB`);
  });

  it("fails where the program does", async () => {
    await assert.rejects(peakOfProgram({ args: ["--eval", "process.exit(3)"], env }, signal), /ended with 3/);
  });
});
