import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArguments } from "./cli.ts";

const parse = (...argv: readonly string[]) => parseArguments(["cleanup", ...argv], "1.2.3");

const defaults = {
  isAfterUninstall: false,
  podSelector: undefined,
  podTimeoutMs: 120_000,
  includesUnowned: false,
  isDryRun: false,
  context: undefined,
  kubeconfig: undefined,
};

describe("parseArguments() for cleanup", () => {
  it("reads the instance, and has defaults for the rest", async () => {
    const target = { kind: "instance", instance: "my.images", owner: undefined };
    assert.deepEqual(await parse("--instance=my.images"), {
      kind: "cleanup",
      settings: { target, ...defaults },
    });
  });

  it("takes every flag of an instance", async () => {
    const flags = ["--instance=x", "--owner=ns/my.images", "--after-uninstall", "--include-unowned"];
    const others = [
      "--pod-selector=a=b,c.d/e=",
      "--pod-timeout=5s",
      "--dry-run",
      "--context=me@c:1",
      "--kubeconfig=k",
    ];
    assert.deepEqual(await parse(...flags, ...others), {
      kind: "cleanup",
      settings: {
        target: { kind: "instance", instance: "x", owner: "ns/my.images" },
        isAfterUninstall: true,
        podSelector: { a: "b", "c.d/e": "" },
        podTimeoutMs: 5_000,
        includesUnowned: true,
        isDryRun: true,
        context: "me@c:1",
        kubeconfig: "k",
      },
    });
  });

  it("takes orphans, of one owner or of all", async () => {
    for (const owner of [undefined, "ns/x"]) {
      const flags = owner === undefined ? [] : [`--owner=${owner}`];
      const settings = { target: { kind: "orphans", owner }, ...defaults };
      assert.deepEqual(await parse("--orphans", ...flags), { kind: "cleanup", settings });
    }
  });

  const wrong: readonly [argv: readonly string[], message: RegExp][] = [
    [[], /give exactly one of --instance NAME and --orphans/],
    [["--instance=x", "--orphans"], /give exactly one of --instance NAME and --orphans/],
    [["--orphans", "--after-uninstall"], /--after-uninstall goes with --instance, and not with --orphans/],
    [["--orphans", "--include-unowned"], /--include-unowned goes with --instance, and not with --orphans/],
    [["--instance="], /--instance: the instance "" is no label name/],
    [["--instance=a/b"], /--instance: the instance "a\/b" is no label name/],
    [["--instance=x", "--owner=x"], /--owner is <namespace>\/<release>, and "x" is not/],
    [["--instance=x", "--owner=ns/x/y"], /--owner is <namespace>\/<release>/],
    [["--instance=x", "--owner=../x"], /--owner is <namespace>\/<release>/],
    [["--instance=x", "--owner=ns/x,app in (y)"], /--owner is <namespace>\/<release>/],
    [["--instance=x", `--owner=ns/${"x".repeat(64)}`], /--owner is <namespace>\/<release>/],
    [["--instance=x", `--owner=${"n".repeat(64)}/x`], /--owner is <namespace>\/<release>/],
    [["--instance=x", "--pod-selector="], /--pod-selector is labels such as .*, and "" is none/],
    [["--instance=x", "--pod-selector=a"], /and "a" is none/],
    [["--instance=x", "--pod-selector=a=b,c!=d"], /and "c!=d" is none/],
    [["--instance=x", "--pod-selector=a=b,"], /and "" is none/],
    [["--instance=x", "--pod-selector=a=b=c"], /and "a=b=c" is none/],
    [["--instance=x", "--pod-timeout=0s"], /--pod-timeout is a duration/],
    [["--instance=x", "--context="], /--context is the name of a context/],
    [["--instance=x", "--image=y"], /image/],
  ];
  for (const [argv, message] of wrong) {
    it(`refuses ${argv.join(" ") || "no flags"}`, async () => {
      const command = await parse(...argv);
      assert.ok(command.kind === "usage-error", JSON.stringify(command));
      assert.match(command.message, message);
      assert.match(command.message, /`prefetcher cleanup --help`/);
    });
  }
});
