import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type NodeObject, nodeStatusFrom } from "./fleet-objects.ts";
import { nodeTable } from "./node-table.ts";

const columnDefinitions = [{ name: "Name" }, { name: "Status" }, { name: "Roles" }];

describe("nodeTable()", () => {
  let objectsIn: (answer: never) => readonly unknown[];
  beforeEach(() => {
    objectsIn = nodeTable().objectsIn ?? assert.fail();
  });
  /** Whether the Nodes in an answer are Ready. */
  const readyIn = (answer: object) =>
    objectsIn(answer as never).map((node) => nodeStatusFrom(node as NodeObject).isReady);
  const table = (...statuses: readonly unknown[]) => ({
    kind: "Table",
    columnDefinitions,
    rows: statuses.map((status) => ({
      cells: ["Ready", status, "Ready"],
      object: { metadata: { name: "a" } },
    })),
  });

  it("says whether a Node is Ready by the column Status", () => {
    const statuses = [
      "Ready",
      "NotReady",
      "Unknown",
      "Ready,SchedulingDisabled",
      "NotReady,SchedulingDisabled",
    ];
    assert.deepEqual(readyIn(table(...statuses)), [true, false, false, true, false]);
    assert.deepEqual(readyIn(table(null)), [false]);
  });

  it("keeps the metadata", () => {
    const metadata = {
      name: "a",
      resourceVersion: "7",
      labels: { "image-prefetcher.stackrox.io/x": "failed" },
    };
    const [node] = objectsIn({ ...table(), rows: [{ cells: [], object: { metadata } }] } as never);
    assert.deepEqual((node as NodeObject).metadata, metadata);
  });

  it("remembers the columns, which a watch names once", () => {
    assert.deepEqual(readyIn(table("Ready")), [true]);
    for (const none of [{}, { columnDefinitions: null }])
      assert.deepEqual(readyIn({ ...table("NotReady", "Ready"), columnDefinitions: undefined, ...none }), [
        false,
        true,
      ]);
  });

  it("finds the column wherever it is, and takes none for not Ready", () => {
    const [name, status] = columnDefinitions;
    const moved = { ...table("NotReady"), columnDefinitions: [status, name] };
    assert.deepEqual(readyIn(moved), [true]);
    assert.deepEqual(readyIn({ ...table("Ready"), columnDefinitions: [] }), [false]);
  });

  it("reads whole Nodes too, of a server that makes no tables", () => {
    const status = { conditions: [{ type: "Ready", status: "True" }] };
    const node = { kind: "Node", metadata: { name: "a" }, status };
    assert.deepEqual(readyIn(node), [true]);
    assert.deepEqual(readyIn({ kind: "NodeList", items: [node, { metadata: { name: "b" } }] }), [
      true,
      false,
    ]);
    assert.deepEqual(readyIn({ kind: "NodeList" }), []);
    assert.deepEqual(readyIn({ kind: "Table" }), []);
  });
});
