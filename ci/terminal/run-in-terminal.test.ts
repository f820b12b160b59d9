import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runInTerminal, type TerminalOptions } from "./run-in-terminal.ts";

const size = { columns: 40, rows: 5 };

function shell(source: string, options: TerminalOptions = size) {
  return runInTerminal("sh", ["-c", source], options);
}

describe("runInTerminal()", () => {
  it("shows what the program wrote, and ends with its exit code", async () => {
    await using run = await shell("echo one; printf 'two\\nthree'; exit 7");
    assert.equal(await run.ended, 7);
    assert.deepEqual(run.lines(), ["one", "two", "three", "", ""]);
    assert.deepEqual(run.cursor(), { column: 5, row: 2, isVisible: true });
  });

  it("gives the program a terminal of that size on all three streams", async () => {
    await using run = await runInTerminal(
      process.execPath,
      [
        "-p",
        "const { stdin, stdout, stderr } = process; [stdin.isTTY, stderr.isTTY, stdout.columns, stdout.rows].join()",
      ],
      size,
    );
    assert.equal(await run.ended, 0);
    assert.equal(run.lines()[0], "true,true,40,5");
  });

  it("tells the program of another size, and has it itself", async () => {
    await using run = await shell("trap 'stty size; exit 0' WINCH; echo ready; while :; do read x; done");
    await run.until("ready", ([first]) => first === "ready");
    await run.resize({ columns: 60, rows: 8 });
    assert.equal(await run.ended, 0);
    assert.deepEqual(run.lines().slice(0, 2), ["ready", "8 60"]);
    assert.equal(run.lines().length, 8);
  });

  it("interrupts the program as Ctrl-C does", async () => {
    await using trapped = await shell("trap 'echo caught; exit 3' INT; echo ready; while :; do read x; done");
    await trapped.until("ready", ([first]) => first === "ready");
    trapped.interrupt();
    assert.equal(await trapped.ended, 3);
    assert.deepEqual(trapped.lines().slice(0, 2), ["ready", "^Ccaught"]);
    await using killed = await shell("echo ready; exec sleep 60");
    await killed.until("ready", ([first]) => first === "ready");
    killed.interrupt();
    assert.equal(await killed.ended, 130);
  });

  it("signals the program itself", async () => {
    await using run = await shell("echo ready; exec sleep 60");
    await run.until("ready", ([first]) => first === "ready");
    run.signal("SIGTERM");
    assert.equal(await run.ended, 143);
    run.signal("SIGTERM");
  });

  it("types what it is given, which the terminal echoes", async () => {
    await using run = await shell('read a; read b; echo "<$a><$b>"', { ...size, input: "first\r" });
    await run.until("echo", ([first]) => first === "first");
    run.type("second\r");
    assert.equal(await run.ended, 0);
    assert.deepEqual(run.lines().slice(0, 3), ["first", "second", "<first><second>"]);
  });

  it("sees lines that are written over, a hidden cursor, and what has left the screen", async () => {
    const steps = [
      "printf '\\033[?25l0 %%'",
      "printf '\\r100 %%\\n'",
      "seq 6",
      "read x",
      "printf '\\033[?25h'",
    ];
    await using run = await shell(steps.join("; "));
    await run.until("six", (lines) => lines.includes("6"));
    assert.deepEqual(run.lines(), ["3", "4", "5", "6", ""]);
    assert.deepEqual(run.history(), ["100 %", "1", "2", "3", "4", "5", "6", ""]);
    assert.deepEqual(run.cursor(), { column: 0, row: 4, isVisible: false });
    run.type("\r");
    await run.ended;
    assert.equal(run.cursor().isVisible, true);
  });

  it("answers a program that asks where the cursor is", async () => {
    const ask = "stty raw -echo; printf 'ab\\033[6n'; dd bs=6 count=1 2>/dev/null | od -An -c; stty sane";
    await using run = await shell(ask);
    assert.equal(await run.ended, 0);
    assert.match(run.lines().join(" "), /033 {3}\[ {3}1 {3}; {3}3 {3}R/);
  });

  it("hands over arguments and environment as they are", async () => {
    const hostile = ["it's", '"$HOME"', "a b", "$(exit 9)", "*", ""];
    const options = { ...size, env: { WORD: "a 'b' $c" } };
    await using run = await runInTerminal(
      "sh",
      ["-c", 'printf "%s|" "$@" "$WORD" "$TERM"', "sh", ...hostile],
      options,
    );
    assert.equal(await run.ended, 0);
    assert.equal(run.lines().join(""), `${hostile.join("|")}|a 'b' $c|xterm-256color|`);
  });

  it("says what the screen shows where it does not come to what is waited for", async () => {
    await using run = await shell("echo something; exec sleep 60");
    await run.until("something", ([first]) => first === "something");
    await assert.rejects(
      run.until("a table", () => false, 10),
      /^Error: a table: not within 0.01 s; the screen shows\nsomething\n/,
    );
  });

  it("ends a program that nobody waits for", async () => {
    const run = await shell("trap '' TERM INT HUP; echo $$; while :; do read x; done");
    await run.until("its id", ([first]) => first !== "");
    const pid = Number(run.lines()[0]);
    assert.ok(process.kill(pid, 0));
    await run[Symbol.asyncDispose]();
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });

  it("ends with 127 where there is no such program", async () => {
    await using run = await runInTerminal("/no/such/program", [], size);
    assert.equal(await run.ended, 127);
  });
});
