import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findingsInLog } from "./findings-in-log.ts";
import { nodeFindings } from "./testing/node-findings.ts";

const findings = nodeFindings();
const line = JSON.stringify(findings);

/** The findings with one field, named by its path, replaced. */
function withField(path: string, value: unknown): string {
  const document = JSON.parse(line);
  const fields = path.split(".");
  const last = fields.pop() ?? "";
  fields.reduce((object, field) => object[field], document)[last] = value;
  return JSON.stringify(document);
}

describe("findingsInLog()", () => {
  it("finds the document among other lines", () => {
    assert.deepEqual(findingsInLog(`(node:1) a warning\n${line}\n{"v":1}\n[]\nnull\n`), findings);
  });

  it("takes the last of several", () => {
    const older = JSON.stringify({ ...findings, node: "older" });
    assert.equal(findingsInLog(`${older}\n${line}\n`)?.node, findings.node);
  });

  it("takes a document with nothing in it that may be left out, and with fields of a later agent", () => {
    const least = {
      ...findings,
      runtime: { socket: "/x", sockets: [] },
      list: { entries: 0, pullPolicy: "Always" },
      images: [{ image: "a", isRequired: true, state: "unknown", later: 1 }],
      disk: { freeBytes: 1, totalBytes: 2, minFreePercent: 0 },
      label: { key: "k" },
      later: {},
    };
    assert.deepEqual(findingsInLog(JSON.stringify(least)), least);
  });

  for (const [what, log] of [
    ["an empty log", ""],
    ["a document of another version", JSON.stringify({ ...findings, v: 2 })],
    ["a document that was cut off", line.slice(0, -1)],
    ["somebody else's document", '{"v":1,"images":[],"runtime":{}}'],
  ] as const) {
    it(`finds none in ${what}`, () => assert.equal(findingsInLog(log), undefined));
  }

  const everyField = [
    ...["agent", "node", "instance", "owner", "platform", "runtime", "list", "images"],
    ...["credentialProblems", "disk", "label", "credentialProblems.0"],
    ...["runtime.socket", "runtime.version", "runtime.sockets", "runtime.sockets.0", "runtime.problem"],
    ...["runtime.version.name", "runtime.version.version", "runtime.version.apiVersion"],
    ...["list.entries", "list.pullPolicy", "list.revision", "list.problem"],
    ...["images.0", "images.0.image", "images.0.isRequired", "images.0.state", "images.0.imageId"],
    ...["images.0.message", "images.0.credentials", "images.0.credentials.0", "images.0.lastFailure"],
    ...[
      "disk.freeBytes",
      "disk.totalBytes",
      "disk.minFreePercent",
      "disk.isUnderDiskPressure",
      "disk.problem",
    ],
    ...["label.key", "label.value", "label.owner", "label.revision", "label.finishedAt"],
    ...["label.isWritable", "label.problem"],
  ];
  for (const field of everyField) {
    it(`finds none where ${field} is something else`, () => {
      assert.equal(findingsInLog(withField(field, null)), undefined);
      assert.equal(findingsInLog(withField(field, { length: 1 })), undefined);
    });
  }

  it("finds none where an image is in a state that there is not", () => {
    for (const state of ["lost", "toString"])
      assert.equal(findingsInLog(withField("images.0.state", state)), undefined);
  });
});
