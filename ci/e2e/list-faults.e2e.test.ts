import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { entriesFromLines, linesFromText, linesOf } from "../../agent/image-list.ts";
import { keyOf } from "../../agent/node-record.ts";
import { revisionOf } from "../../agent/revision.ts";
import { type FaultScene, openFaultScene } from "./support/fault-scene.ts";
import { type FaultRow, proveFault } from "./support/fault-table.ts";
import { untilPrefetchEnded } from "./support/prefetch-end.ts";
import { pushSampleImage } from "./support/sample-image.ts";

describe("a list file", () => {
  let scene: FaultScene;
  before(async () => {
    scene = await openFaultScene("list-faults");
  });
  after(async () => {
    await scene?.[Symbol.asyncDispose]();
  });

  /** Installs a release whose list is the text of a ConfigMap. */
  const start = async (release: string, text: string) => {
    const data = { list: text };
    await scene.scene.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: release }, data });
    const revision = revisionOf("IfNotPresent", linesOf(entriesFromLines(linesFromText(text))));
    scene.proxy.clear();
    const existingList = { configMap: release, key: "list", revision };
    await scene.start(release, [], { images: null, existingList });
  };
  const pulled = () => scene.proxy.callsOf({ method: "PullImage" }).map(({ image }) => image);

  it("row 33, with invalid references: all are reported at once, and the others are pulled", async () => {
    const row: FaultRow = {
      row: 33,
      fault: "two invalid references and an option that does not exist in a list",
      expected: "failed with invalid_reference for these, the valid one pulled, one round",
    };
    await proveFault(row, async () => {
      const good = (await scene.push("good")).atOther;
      await start(
        "list-invalid",
        [good, "Upper/Case:1", "https://example.com/x", `${good} requird=false`].join("\n"),
      );
      const end = await scene.untilEnded("list-invalid");
      assert.equal(end.label, "failed");
      assert.deepEqual(
        end.failures,
        [
          `${good} requird=false invalid_reference`,
          "Upper/Case:1 invalid_reference",
          "https://example.com/x invalid_reference",
        ].sort(),
      );
      assert.deepEqual(pulled(), [good]);
      return `${end.failures.length} invalid, 1 pulled`;
    });
  });

  it("row 34, that names one image in three ways: pulled once, present by each name", async () => {
    const row: FaultRow = {
      row: 34,
      fault: "one image by three names, and once more twice",
      expected: "one PullImage, succeeded",
    };
    await proveFault(row, async () => {
      await pushSampleImage("library/list-faults-twin");
      const names = [
        "list-faults-twin:1",
        "docker.io/list-faults-twin:1",
        "docker.io/library/list-faults-twin:1",
      ];
      await start("list-twins", [...names, ...names].join("\n"));
      const end = await scene.untilEnded("list-twins");
      assert.deepEqual([end.label, end.record?.entries, end.record?.present], ["succeeded", 3, 3]);
      assert.equal(pulled().length, 1);
      return "one PullImage, 3 entries present";
    });
  });

  it("row 35, with comments and nothing else: refused with exit 2, no label", async () => {
    const row: FaultRow = { row: 35, fault: "a list without an entry", expected: "exit 2, no label" };
    await proveFault(row, async () => {
      await start("list-empty", "# nothing\n\n");
      const { exitCode, message } = await untilPrefetchEnded(scene.scene, "list-empty");
      assert.equal(exitCode, 2);
      assert.match(message, /the list is empty/);
      assert.equal(scene.history.now(scene.node, keyOf("list-empty")).label, undefined);
      await scene.scene.helm("uninstall", "list-empty", "--no-hooks");
      return "exit 2, no label";
    });
  });

  it("row 36, with a byte order mark, CRLF, comments and white space: read as meant", async () => {
    const row: FaultRow = {
      row: 36,
      fault: "byte order mark, CRLF, comments, blank lines, spaces, options in another order",
      expected: "succeeded, the same revision as the plain list",
    };
    await proveFault(row, async () => {
      const [one, two] = [(await scene.push("one")).atOther, (await scene.push("two")).atOther];
      const text = `\uFEFF# our images\r\n\r\n  ${one} \t# the first\r\n${two}   platforms=linux/arm64,linux/amd64  required=true\r\n`;
      await start("list-dressed", text);
      const end = await scene.untilEnded("list-dressed");
      assert.deepEqual([end.label, end.record?.entries], ["succeeded", 2]);
      const plain = revisionOf("IfNotPresent", [one, `${two} platforms=linux/amd64,linux/arm64`]);
      assert.equal(end.record?.revision, plain);
      return "succeeded";
    });
  });
});
