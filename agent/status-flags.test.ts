import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArguments } from "./cli.ts";

const parse = (...argv: readonly string[]) => parseArguments(["status", ...argv], "1.2.3");

const defaults = {
  namespace: undefined,
  includesAllNamespaces: false,
  release: undefined,
  instance: undefined,
  revision: undefined,
  minPercent: 100,
  includesNotReady: false,
  watches: false,
  waits: false,
  timeoutMs: 600_000,
  output: "table",
  html: undefined,
  context: undefined,
  kubeconfig: undefined,
};

describe("parseArguments() for status", () => {
  it("needs no flag", async () => assert.deepEqual(await parse(), { kind: "status", settings: defaults }));

  it("takes every flag", async () => {
    const flags = ["--namespace=ns", "--release=r", "--instance=i", "--revision=1-0123456789ab", "--wait"];
    const others = [
      "--min-percent=1",
      "--include-not-ready",
      "--timeout=90s",
      "--output=json",
      "--html=x.html",
    ];
    const settings = {
      ...defaults,
      namespace: "ns",
      release: "r",
      instance: "i",
      revision: "1-0123456789ab",
      minPercent: 1,
      includesNotReady: true,
      waits: true,
      timeoutMs: 90_000,
      output: "json",
      html: "x.html",
      context: "c",
      kubeconfig: "/a b/config",
    };
    const cluster = ["--context=c", "--kubeconfig=/a b/config"];
    assert.deepEqual(await parse(...flags, ...others, ...cluster), { kind: "status", settings });
  });

  it("takes --watch, and --all-namespaces", async () =>
    assert.deepEqual(await parse("--watch", "--all-namespaces"), {
      kind: "status",
      settings: { ...defaults, watches: true, includesAllNamespaces: true },
    }));

  it("takes the letters that kubectl has", async () => {
    assert.deepEqual(await parse("-n", "ns", "-o", "json", "-w"), {
      kind: "status",
      settings: { ...defaults, namespace: "ns", output: "json", watches: true },
    });
    assert.deepEqual(await parse("-A"), {
      kind: "status",
      settings: { ...defaults, includesAllNamespaces: true },
    });
    assert.deepEqual(await parse("-n=a", "--namespace=b", "-o=json"), {
      kind: "status",
      settings: { ...defaults, namespace: "b", output: "json" },
    });
  });

  it("takes the last of a flag that is given twice", async () => {
    const twice = ["--wait", "--wait=false", "--watch=false", "--watch"];
    assert.deepEqual(await parse(...twice), { kind: "status", settings: { ...defaults, watches: true } });
  });

  const wrong: readonly [argv: readonly string[], message: RegExp][] = [
    [["--watch", "--wait"], /give --watch or --wait, not both/],
    [["--timeout=1m"], /--timeout says how long --wait waits, and --wait is not given/],
    [["--watch", "--timeout=1m"], /--timeout says how long --wait waits/],
    [["--all-namespaces", "--namespace=ns"], /give --namespace or --all-namespaces, not both/],
    [["-A", "-n", "ns"], /give --namespace or --all-namespaces, not both/],
    [["-n", "a/b"], /--namespace is the name of a namespace/],
    [["--wait", "--timeout=10"], /--timeout is a duration/],
    [["--html="], /--html is the path of a file, and it is empty/],
    [["--release=a,b"], /--release is the name of a Helm release/],
    [["--namespace=a/b"], /--namespace is the name of a namespace/],
    [["--instance=a/b"], /--instance: the instance "a\/b" is no label name/],
    [["--revision=1"], /--revision is what `prefetcher revision` prints/],
    [["--min-percent=0"], /--min-percent is a whole number from 1 to 100/],
    [["--context="], /--context is the name of a context/],
    [["--kubeconfig="], /--kubeconfig is the path of a kubeconfig/],
    [["--output=yaml"], /yaml/],
    [["--node=n"], /node/],
  ];
  for (const [argv, message] of wrong) {
    it(`refuses ${argv.join(" ")}`, async () => {
      const command = await parse(...argv);
      assert.ok(command.kind === "usage-error", JSON.stringify(command));
      assert.match(command.message, message);
      assert.match(command.message, /`prefetcher status --help`/);
    });
  }
});
