import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { allAuditedSince, auditedSince, lengthOfAudit } from "./audited-requests.ts";

function lineOf(name: string, resource = "nodes"): string {
  const event = {
    verb: "patch",
    objectRef: { resource, name },
    responseStatus: { code: 409 },
    requestReceivedTimestamp: "2026-01-02T03:04:05.678901Z",
  };
  return `${JSON.stringify(event)}\n`;
}

function folderOf(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "audit-"));
  test.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe("auditedSince()", () => {
  it("has the requests for Nodes that came since, and no others", (test) => {
    const log = join(folderOf(test), "audit.log");
    assert.equal(lengthOfAudit(log), 0);
    writeFileSync(log, lineOf("before"));
    const length = lengthOfAudit(log);
    appendFileSync(log, lineOf("node-1") + lineOf("pod-1", "pods"));
    const receivedAtMs = Date.parse("2026-01-02T03:04:05.678Z");
    assert.deepEqual(auditedSince(log, length), [
      { verb: "patch", nodeName: "node-1", status: 409, receivedAtMs },
    ]);
  });

  it("leaves a line that is being written for the next look", (test) => {
    const log = join(folderOf(test), "audit.log");
    writeFileSync(log, lineOf("node-1") + lineOf("node-2").slice(0, -5));
    assert.deepEqual(
      auditedSince(log, 0).map(({ nodeName }) => nodeName),
      ["node-1"],
    );
  });

  it("loses none where the log was begun anew meanwhile", (test) => {
    const folder = folderOf(test);
    const log = join(folder, "audit.log");
    writeFileSync(join(folder, "audit-2026-01-01T00-00-00.000.log"), lineOf("long-ago"));
    writeFileSync(log, lineOf("before").repeat(3));
    const length = lengthOfAudit(log);
    appendFileSync(log, lineOf("node-1"));
    renameSync(log, join(folder, "audit-2026-01-02T00-00-00.000.log"));
    writeFileSync(log, lineOf("node-2"));
    assert.deepEqual(
      auditedSince(log, length).map(({ nodeName }) => nodeName),
      ["node-1", "node-2"],
    );
  });
});

describe("allAuditedSince()", () => {
  it("waits for lines that are still to be written", async (test) => {
    const log = join(folderOf(test), "audit.log");
    writeFileSync(log, lineOf("node-1"));
    const all = allAuditedSince(log, 0, ({ length }) => length === 2);
    appendFileSync(log, lineOf("node-2"));
    assert.deepEqual(
      (await all).map(({ nodeName }) => nodeName),
      ["node-1", "node-2"],
    );
  });

  it("has what there is when its time is up", async (test) => {
    const log = join(folderOf(test), "audit.log");
    writeFileSync(log, lineOf("node-1"));
    assert.equal((await allAuditedSince(log, 0, () => false, 1)).length, 1);
  });
});
