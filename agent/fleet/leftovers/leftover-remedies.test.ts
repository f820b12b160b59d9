import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArguments } from "../../cli.ts";
import type { Leftover } from "../status-report.ts";
import { leftoverRemedies } from "./leftover-remedies.ts";

const key = "image-prefetcher.stackrox.io/a";
const owned: Leftover = {
  node: "n1",
  instance: "a",
  key,
  label: "succeeded",
  owner: "ns/a",
  kind: "not-chosen",
};
const caller = { program: "prefetcher", context: undefined, kubeconfig: undefined };
const { owner: _, ...rest } = owned;
const unowned = (node: string): Leftover => ({ ...rest, node, kind: "unowned" });

describe("leftoverRemedies()", () => {
  it("has none where nothing is left", () => assert.deepEqual(leftoverRemedies([], caller), []));

  it("has one for each owner", () => {
    const former: Leftover = { ...owned, kind: "former-instance" };
    const other: Leftover = { ...owned, owner: "ns/b", kind: "no-release" };
    assert.deepEqual(leftoverRemedies([owned, other, former, owned], caller), [
      "3 marks of ns/a are left over (2 not-chosen, 1 former-instance); this removes what its release does not need: prefetcher cleanup --orphans --owner ns/a",
      "1 mark of ns/b is left over (1 no-release); this removes what its release does not need: prefetcher cleanup --orphans --owner ns/b",
    ]);
  });

  it("names a command as it is", async () => {
    const [sentence = ""] = leftoverRemedies([owned], { ...caller, context: "me@c:1" });
    const words = sentence.slice(sentence.indexOf("prefetcher ") + "prefetcher ".length).split(" ");
    const command = await parseArguments(words, "1");
    assert.ok(command.kind === "cleanup", JSON.stringify(command));
    assert.deepEqual(command.settings.target, { kind: "orphans", owner: "ns/a" });
    assert.equal(command.settings.context, "me@c:1");
  });

  it("calls the program as its user does", () =>
    assert.match(
      leftoverRemedies([owned], { ...caller, program: "kubectl prefetcher" })[0] ?? "",
      /: kubectl prefetcher cleanup --orphans --owner ns\/a$/,
    ));

  it("writes a context as a shell reads it", () => {
    const [sentence = ""] = leftoverRemedies([owned], { ...caller, context: "it's mine" });
    assert.ok(sentence.endsWith(String.raw` --context 'it'\''s mine'`), sentence);
    assert.doesNotMatch(leftoverRemedies([owned], { ...caller, context: "a/b" })[0] ?? "", /'/);
  });

  it("names the kubeconfig too, to kubectl as well", () => {
    const other = { ...caller, context: "c", kubeconfig: "/a b" };
    for (const leftover of [owned, unowned("n1")]) {
      const [sentence = ""] = leftoverRemedies([leftover], other);
      assert.ok(sentence.endsWith(" --context c --kubeconfig '/a b'"), sentence);
    }
  });

  it("removes labels of nobody by their nodes' names, ten at most", () => {
    assert.deepEqual(leftoverRemedies([unowned("n1")], { ...caller, context: "c" }), [
      `1 label ${key} is nobody's; this removes it: kubectl label nodes n1 ${key}- --context c`,
    ]);
    const ten = Array.from({ length: 10 }, (__, index) => unowned(`n${index}`));
    assert.deepEqual(leftoverRemedies(ten, caller), [
      `10 labels ${key} are nobody's; this removes them: kubectl label nodes n0 n1 n2 n3 n4 n5 n6 n7 n8 n9 ${key}-`,
    ]);
    assert.match(
      leftoverRemedies([...ten, unowned("n10"), unowned("n11")], caller)[0] ?? "",
      /n8 n9 \S+-, and so for 2 more$/,
    );
  });
});
