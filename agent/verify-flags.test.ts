import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArguments } from "./cli.ts";

const parse = (...argv: readonly string[]) => parseArguments(["verify", ...argv], "1.2.3");

const defaults = {
  namespace: undefined,
  release: "my.images",
  instance: undefined,
  revision: undefined,
  minPercent: 100,
  includesNotReady: false,
  output: "table",
  context: undefined,
  kubeconfig: undefined,
};

describe("parseArguments() for verify", () => {
  it("reads the release, and has defaults for the rest", async () =>
    assert.deepEqual(await parse("--release", "my.images"), { kind: "verify", settings: defaults }));

  it("takes every flag", async () => {
    const flags = ["--release=r", "--namespace=ns", "--revision=1-0123456789ab", "--min-percent=1"];
    const others = [
      "--instance=my.images",
      "--include-not-ready",
      "--output=json",
      "--context=me@c:1",
      "--kubeconfig=k",
    ];
    const settings = {
      namespace: "ns",
      release: "r",
      instance: "my.images",
      revision: "1-0123456789ab",
      minPercent: 1,
      includesNotReady: true,
      output: "json",
      context: "me@c:1",
      kubeconfig: "k",
    };
    assert.deepEqual(await parse(...flags, ...others), { kind: "verify", settings });
  });

  it("takes the last of a flag that is given twice", async () => {
    const twice = [
      "--min-percent=200",
      "--min-percent=100",
      "--include-not-ready",
      "--include-not-ready=false",
    ];
    assert.deepEqual(await parse("--release=my.images", ...twice), { kind: "verify", settings: defaults });
  });

  it("takes the letters that kubectl has", async () => {
    const command = await parse("--release=r", "-n", "ns", "-o", "json");
    assert.ok(command.kind === "verify", JSON.stringify(command));
    assert.deepEqual([command.settings.namespace, command.settings.output], ["ns", "json"]);
  });

  const wrong: readonly [argv: readonly string[], message: RegExp][] = [
    [[], /release/],
    [["--release="], /--release is the name of a Helm release/],
    [["--release=a,b"], /--release is the name of a Helm release/],
    [["--release=r", "--namespace=a/b"], /--namespace is the name of a namespace/],
    [["--release=r", "--context="], /--context is the name of a context/],
    [["--release=r", "--instance=a/b"], /--instance: the instance "a\/b" is no label name/],
    [["--release=r", "--revision="], /--revision is what `prefetcher revision` prints/],
    [["--release=r", "--revision=1-0123456789AB"], /--revision is what/],
    [["--release=r", "--revision=1-0123456789abc"], /--revision is what/],
    [["--release=r", "--revision=x1-0123456789ab"], /--revision is what/],
    [["--release=r", "--min-percent=0"], /--min-percent is a whole number from 1 to 100, and "0" is not/],
    [["--release=r", "--min-percent=101"], /--min-percent is a whole number/],
    [["--release=r", "--min-percent=1e1"], /--min-percent is a whole number/],
    [["--release=r", "--min-percent=9.5"], /--min-percent is a whole number/],
    [["--release=r", "--min-percent="], /--min-percent is a whole number/],
    [["--release=r", "--output=yaml"], /yaml/],
    [["--release=r", "--node=n"], /node/],
  ];
  for (const [argv, message] of wrong) {
    it(`refuses ${argv.join(" ") || "no flag"}`, async () => {
      const command = await parse(...argv);
      assert.ok(command.kind === "usage-error", JSON.stringify(command));
      assert.match(command.message, message);
      assert.match(command.message, /`prefetcher verify --help`/);
    });
  }
});
