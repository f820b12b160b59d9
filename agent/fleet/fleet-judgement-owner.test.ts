import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArguments } from "../cli.ts";
import { annotationOf } from "../testing/fake-fleet-api.ts";
import {
  aboutNode as about,
  byUs,
  judged,
  pendingPod as pending,
  judgedRevision as revision,
  runningPod as running,
} from "../testing/judged-nodes.ts";

describe("judgedNodeFrom() of a node with another owner", () => {
  const why =
    "it belongs to other/b; give one of the two another instanceName, or, if that is gone, set takeOver=other/b, " +
    "or: prefetcher cleanup --instance a --owner other/b";

  it("is foreign, whatever else the annotation says, and says what to do", () => {
    const foreign = { ...about, state: "foreign", why };
    assert.deepEqual(judged("succeeded", annotationOf("other/b")), { ...foreign, revision });
    assert.deepEqual(judged(undefined, '{"owner":"other/b"}'), foreign);
  });

  it("names a command as it is, by the name and with the context that its user has", async () => {
    const caller = { program: "kubectl prefetcher", context: "me", kubeconfig: "k" };
    const said = judged("succeeded", annotationOf("other/b"), running, { caller }).why ?? "";
    const [, command = ""] = said.split("or: kubectl prefetcher ");
    const parsed = await parseArguments(command.split(" "), "1");
    assert.ok(parsed.kind === "cleanup", said);
    assert.deepEqual(parsed.settings.target, { kind: "instance", instance: "a", owner: "other/b" });
    assert.deepEqual([parsed.settings.context, parsed.settings.kubeconfig], ["me", "k"]);
  });

  it("names none for an owner that no release can be, of whatever length", () => {
    assert.equal(judged("succeeded", annotationOf("b; rm x")).why, "it belongs to b; rm x");
    const long = "x".repeat(1_000);
    const { why, revision: said } = judged("succeeded", annotationOf(long, { revision: long }));
    assert.deepEqual([why, said], [`it belongs to ${"x".repeat(128)}…`, `${"x".repeat(128)}…`]);
  });

  describe("from which the release takes over", () => {
    const takeOver = { takeOver: "other/b" };

    it("is working, whatever the label says", () => {
      const working = { ...about, state: "working", why: "takes over from other/b", revision };
      for (const label of [undefined, "succeeded", "failed"])
        assert.deepEqual(judged(label, annotationOf("other/b"), pending, takeOver), working);
    });

    it("says what keeps its pod", () =>
      assert.equal(
        judged("succeeded", annotationOf("other/b"), { ...pending, waiting: "ErrImagePull: no" }, takeOver)
          .why,
        "takes over from other/b; ErrImagePull: no",
      ));

    it("is foreign where a third one owns it, and as ever once it is taken over", () => {
      assert.equal(judged("succeeded", annotationOf("other/c"), running, takeOver).state, "foreign");
      assert.equal(judged("succeeded", byUs(), running, takeOver).state, "succeeded");
    });
  });
});
