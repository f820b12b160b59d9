import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const nappingPath = fileURLToPath(new URL("../testing/napping-process.ts", import.meta.url));

/** In place of snooze: it reads its times in the zone of its environment, ends with SIGTERM, and becomes what follows. */
const sleeperScript = `#!/bin/sh
while getopts s:H:M:S: option; do
  case $option in H) hour=$OPTARG ;; M) minute=$OPTARG ;; S) second=$OPTARG ;; esac
done
shift $((OPTIND - 1))
eval "$(date '+h=1%H m=1%M s=1%S')"
now=$(((h - 100) * 3600 + (m - 100) * 60 + s - 100))
[ "$hour" = "*" ] && hour=0 period=3600
period=\${period:-86400}
left=$(((hour * 3600 + minute * 60 + second - now + 86400) % period))
echo "{\\"msg\\":\\"asleep\\",\\"pid\\":$$}"
while [ "$left" -gt 0 ]; do
  sleep 1 >/dev/null 2>&1
  left=$((left - 1))
done
exec "$@"
`;

interface Line {
  readonly pid: number;
  readonly msg: string;
  readonly carried?: string;
}

/** The lines that the process writes, whatever it is by then. */
async function* linesOf(child: ChildProcess): AsyncGenerator<Line> {
  for await (const line of createInterface({ input: child.stdout as Readable }))
    yield JSON.parse(line) as Line;
}

describe("a process that naps", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "napping-"));
    await writeFile(join(folder, "sleeper"), sleeperScript, { mode: 0o755 });
  });
  after(() => rm(folder, { recursive: true }));

  const startNapping = (delayMs: number) => {
    const env = { ...process.env, TZ: "Asia/Kolkata" };
    const argv = [nappingPath, join(folder, "sleeper"), String(delayMs)];
    return spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "inherit"], timeout: 30_000 });
  };

  it("is the sleeper meanwhile, and then runs the command again with its state, as the same process", async () => {
    const child = startNapping(1);
    const ended = once(child, "exit");
    const lines: Line[] = [];
    for await (const line of linesOf(child)) lines.push(line);
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual(
      lines.map(({ pid, msg, carried }) => [pid, msg, carried]),
      [
        [child.pid, "the command runs", undefined],
        [child.pid, "asleep", undefined],
        [child.pid, "the command runs", 'of the "first"'],
      ],
    );
  });

  it("ends with SIGTERM while it sleeps, and does not run the command again", async () => {
    const child = startNapping(3_600_000);
    const ended = once(child, "exit");
    const messages: string[] = [];
    for await (const { msg } of linesOf(child)) {
      messages.push(msg);
      if (msg === "asleep") child.kill("SIGTERM");
    }
    assert.deepEqual(await ended, [null, "SIGTERM"]);
    assert.deepEqual(messages, ["the command runs", "asleep"]);
  });
});
