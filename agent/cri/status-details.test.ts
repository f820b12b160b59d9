import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import fc from "fast-check";
import protobuf from "protobufjs/light.js";
import descriptor from "./status.generated.ts";
import { statusDetailsFrom, statusDetailsOf } from "./status-details.ts";

const schema = protobuf.Root.fromJSON(descriptor);
const written = (type: string, value: object) => {
  const messageType = schema.lookupType(`google.rpc.${type}`);
  return messageType.encode(messageType.fromObject(value)).finish();
};
const statusWith = (...details: object[]) => written("Status", { code: 2, message: "outer", details });
const any = (typeUrl: string, value: Uint8Array | string) => ({ typeUrl, value: Buffer.from(value) });

const statusUrl = "type.googleapis.com/google.rpc.Status";
const anyUrl = "type.googleapis.com/google.protobuf.Any";
const unexpectedStatusUrl = "github.com/containerd/containerd/v2/core/remotes/errors/ErrUnexpectedStatus";
const unexpectedStatus = any(unexpectedStatusUrl, JSON.stringify({ status: "429 x", statusCode: 429 }));

describe("statusDetailsFrom()", () => {
  it("reads the bytes that gRPC defines", () => {
    // Status{details: [Any{type_url: "a/b", value: "c"}]}: field 3, 8 bytes: field 1, 3 bytes; field 2, 1 byte.
    const bytes = [0x1a, 0x08, 0x0a, 0x03, 0x61, 0x2f, 0x62, 0x12, 0x01, 0x63];
    assert.deepEqual(statusDetailsFrom(new Uint8Array(bytes)), [{ kind: "other", type: "a/b" }]);
  });

  it("finds the registry's status code, also in an Any within an Any", () => {
    const found = [{ kind: "http", statusCode: 429 }];
    assert.deepEqual(statusDetailsFrom(statusWith(unexpectedStatus)), found);
    const wrapped = any(anyUrl, written("Any", unexpectedStatus));
    assert.deepEqual(statusDetailsFrom(statusWith(wrapped)), found);
  });

  it("finds every error that is joined, and what is attached to it, in order", () => {
    const inner = written("Status", { code: 5, message: "name unknown", details: [unexpectedStatus] });
    assert.deepEqual(statusDetailsFrom(statusWith(any(statusUrl, inner), any("a/b", ""))), [
      { kind: "error", code: 5, message: "name unknown" },
      { kind: "http", statusCode: 429 },
      { kind: "other", type: "a/b" },
    ]);
  });

  const unreadable = {
    "a status": any(statusUrl, [0xff, 0xff].join()),
    "an Any": any(anyUrl, "\u000f"),
    "JSON that is none": any(unexpectedStatusUrl, "{"),
    "JSON that is null": any(unexpectedStatusUrl, "null"),
    "a status code that is a text": any(unexpectedStatusUrl, '{"statusCode":"429"}'),
  };
  for (const [what, detail] of Object.entries(unreadable)) {
    it(`passes over ${what} that it cannot read`, () => {
      const details = statusDetailsFrom(statusWith(detail, unexpectedStatus));
      assert.deepEqual(details, [
        { kind: "other", type: detail.typeUrl },
        { kind: "http", statusCode: 429 },
      ]);
    });
  }

  it("reads what is nested without end as far as is of use", () => {
    let bytes: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 200; depth += 1) bytes = statusWith(any(statusUrl, bytes));
    const details = statusDetailsFrom(bytes);
    assert.equal(details.length, 9);
    assert.deepEqual(details.at(-1), { kind: "other", type: statusUrl });
    let nested: object = unexpectedStatus;
    for (let depth = 0; depth < 200; depth += 1) nested = any(anyUrl, written("Any", nested));
    assert.deepEqual(statusDetailsFrom(statusWith(nested)), [{ kind: "other", type: anyUrl }]);
  });

  it("takes any bytes without an error", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void statusDetailsFrom(bytes)));
  });

  it("takes what was damaged on its way without an error", () => {
    const inner = written("Status", { code: 5, message: "x", details: [unexpectedStatus] });
    const whole = statusWith(any(statusUrl, inner), any(anyUrl, written("Any", unexpectedStatus)));
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, length) => {
        const bytes = Uint8Array.from(whole);
        for (const [index, value] of changes) bytes[index] = value;
        statusDetailsFrom(bytes.subarray(0, length));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("statusDetailsOf()", () => {
  it("reads the trailer that gRPC has for it", () => {
    const metadata = new Metadata();
    metadata.set("grpc-status-details-bin", Buffer.from(statusWith(unexpectedStatus)));
    assert.deepEqual(statusDetailsOf(metadata), [{ kind: "http", statusCode: 429 }]);
  });

  it("finds nothing where nothing is attached", () => {
    assert.deepEqual(statusDetailsOf(new Metadata()), []);
    assert.deepEqual(statusDetailsOf(undefined), []);
  });
});
