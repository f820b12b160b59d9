import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArguments } from "./cli.ts";

const parse = (...argv: readonly string[]) => parseArguments(argv, "1.2.3");

async function messageOf(...argv: readonly string[]): Promise<string> {
  const command = await parse(...argv);
  assert.ok(command.kind === "usage-error", JSON.stringify(command));
  return command.message;
}

describe("parseArguments() for doctor", () => {
  it("reads the node, and has defaults for the rest", async () => {
    const settings = {
      node: "node-1",
      context: undefined,
      kubeconfig: undefined,
      namespace: undefined,
      release: undefined,
      output: "table",
      timeoutMs: 60_000,
    };
    assert.deepEqual(await parse("doctor", "--node", "node-1"), { kind: "doctor", settings });
  });

  it("takes every flag", async () => {
    const flags = ["--node=n", "--context=me@c:1", "--namespace=ns", "--release=my.images"];
    const settings = {
      node: "n",
      context: "me@c:1",
      kubeconfig: "k",
      namespace: "ns",
      release: "my.images",
      output: "json",
      timeoutMs: 20_000,
    };
    const others = ["--output=json", "--timeout=20s", "--kubeconfig=k"];
    assert.deepEqual(await parse("doctor", ...flags, ...others), { kind: "doctor", settings });
  });

  it("takes the letters that kubectl has", async () => {
    const command = await parse("doctor", "--node=n", "-n", "ns", "-o", "json");
    assert.ok(command.kind === "doctor", JSON.stringify(command));
    assert.deepEqual([command.settings.namespace, command.settings.output], ["ns", "json"]);
  });

  const wrong: readonly [argv: readonly string[], message: RegExp][] = [
    [[], /node/],
    [["--node="], /--node is the name of a Node/],
    [["--node=../pods"], /--node is the name of a Node/],
    [["--node=n", "--context="], /--context is the name of a context/],
    [["--node=n", "--context=a\u001b"], /--context is the name of a context/],
    [["--node=n", "--namespace=a/b"], /--namespace is the name of a namespace/],
    [["--node=n", "--release=a,b"], /--release is the name of a Helm release/],
    [["--node=n", "--output=yaml"], /yaml/],
    [["--node=n", "--timeout=0s"], /--timeout is a duration/],
    [["--node=n", "--image=x"], /image/],
  ];
  for (const [argv, message] of wrong) {
    it(`refuses ${argv.join(" ")}`, async () => {
      const text = await messageOf("doctor", ...argv);
      assert.match(text, message);
      assert.match(text, /`prefetcher doctor --help`/);
    });
  }
});
