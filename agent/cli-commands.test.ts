import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Command, parseArguments, prefetchFlags } from "./cli.ts";

const parse = (...argv: readonly string[]) => parseArguments(argv, "1.2.3");
const flags = [
  ...["--instance=my-images", "--owner=default/my-images", "--node-name=node-1"],
  ...["--image=nginx", "--concurrency=2"],
];

function messageOf(command: Command): string {
  assert.ok(command.kind === "usage-error", JSON.stringify(command));
  return command.message;
}

describe("parseArguments() of keep", () => {
  it("takes all of prefetch's flags, and how far its looks are apart", async () => {
    const prefetch = await parse("prefetch", ...flags);
    assert.ok(prefetch.kind === "prefetch");
    const keepWith = (intervalMs: number) => ({
      kind: "keep",
      settings: { ...prefetch.settings, intervalMs },
    });
    assert.deepEqual(await parse("keep", ...flags), keepWith(600_000));
    assert.deepEqual(await parse("keep", ...flags, "--interval=10s"), keepWith(10_000));
  });

  it("refuses looks that are closer together than ten seconds", async () =>
    assert.match(
      messageOf(await parse("keep", ...flags, "--interval=9s")),
      /--interval is 10s at least, and "9s" is less/,
    ));

  it("shares its interval with prefetch, which has none where it is told none", async () => {
    assert.match(
      messageOf(await parse("prefetch", ...flags, "--interval=9s")),
      /--interval is 10s at least, and "9s" is less/,
    );
    const command = await parse("prefetch", ...flags);
    assert.ok(command.kind === "prefetch");
    assert.equal(command.settings.intervalMs, undefined);
  });
});

describe("parseArguments() for another program's name", () => {
  it("uses it in its help, and where it refuses", async () => {
    const told = await parseArguments(["--help"], "1.2.3", "kubectl prefetcher");
    assert.ok(told.kind === "information");
    assert.match(told.text, /^ {2}kubectl prefetcher status /m);
    const refused = messageOf(await parseArguments(["status", "--nothing"], "1.2.3", "kubectl prefetcher"));
    assert.match(refused, /`kubectl prefetcher status --help` has the flags/);
  });
});

describe("parseArguments(), asked for what there is,", () => {
  it("has a help that names the commands", async () => {
    const command = await parse("--help");
    assert.ok(command.kind === "information");
    assert.match(command.text, /prefetcher prefetch[\s\S]*prefetcher doctor[\s\S]*prefetcher revision/);
  });

  it("has a help for prefetch that mentions every flag with its default", async () => {
    const command = await parse("prefetch", "--help");
    assert.ok(command.kind === "information");
    for (const flag of prefetchFlags) assert.match(command.text, new RegExp(`--${flag}\\b`));
    for (const text of ["60m", "30m", "2m", "60s", "/run/containerd/containerd.sock"])
      assert.ok(command.text.includes(`"${text}"`), text);
  });

  it("tells the version it was given", async () => {
    assert.deepEqual(await parse("--version"), { kind: "information", text: "1.2.3" });
  });
});
