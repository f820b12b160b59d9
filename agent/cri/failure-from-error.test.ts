import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Metadata, status } from "@grpc/grpc-js";
import fc from "fast-check";
import type { FailureReason } from "../failure.ts";
import { cpuMsOf } from "../testing/cpu-time.ts";
import { failureFromError, isServiceError } from "./failure-from-error.ts";
import { statusDetailsFrom } from "./status-details.ts";

/** What a runtime said, and what the agent has to call it. */
interface Seen {
  readonly fault: string;
  readonly reason: FailureReason;
  readonly code: keyof typeof status;
  readonly details: string;
  /** The trailer `grpc-status-details-bin`, base64. */
  readonly attached?: string;
  readonly decoded?: readonly object[];
}

function serviceError(code: status, details: string, attached?: Uint8Array): Error {
  const metadata = new Metadata();
  if (attached !== undefined) metadata.set("grpc-status-details-bin", Buffer.from(attached));
  return Object.assign(new Error(`${code} ${status[code]}: ${details}`), { code, details, metadata });
}

function reasonOf(code: status, details: string, attached?: Uint8Array): FailureReason {
  return failureFromError(serviceError(code, details, attached)).reason;
}

const image = "10.88.0.1:5000/team/app:1";
const pulling = `failed to pull and unpack image "${image}"`;
const { NOT_FOUND, UNKNOWN, UNAVAILABLE, INTERNAL, DEADLINE_EXCEEDED } = status;

// Collected by ci/runtimes/collect.ts from the runtimes themselves, but for the last.
for (const file of ["containerd-2.4", "containerd-1.6", "documented"]) {
  const { runtime, failures } = JSON.parse(
    readFileSync(join(import.meta.dirname, "seen", `${file}.json`), "utf8"),
  ) as { runtime: string; failures: readonly Seen[] };

  describe(`failureFromError() on the words of ${runtime}`, () => {
    for (const { fault, reason, code, details, attached, decoded } of failures) {
      it(`takes ${fault} for ${reason}`, () => {
        const trailer = attached === undefined ? undefined : Buffer.from(attached, "base64");
        assert.equal(reasonOf(status[code], details, trailer), reason, details);
        assert.deepEqual(trailer === undefined ? undefined : statusDetailsFrom(trailer), decoded);
        // What is attached makes nothing worse where it is missing.
        assert.equal(reasonOf(status[code], details), reason, details);
      });
    }
  });
}

// Seen by hand: in a network namespace whose every packet is lost, which takes half a minute and more, and without a
// name server.
const dialing = `${pulling}: failed to resolve image: failed to do request: Head "https://r.io/v2/": dial tcp`;
const lost: readonly [code: status, details: string][] = [
  [UNKNOWN, `${dialing} 10.88.0.1:5000: i/o timeout`],
  [DEADLINE_EXCEEDED, `${dialing} 10.88.0.1:5000: i/o timeout`],
  [UNKNOWN, `${dialing} 10.88.0.1:5000: connect: no route to host`],
  [
    UNKNOWN,
    `${dialing}: lookup r.io on 127.0.0.1:53: read udp 127.0.0.1:1->127.0.0.1:53: read: connection refused`,
  ],
];

// grpc-js' own words: there is no runtime to say anything.
const gone: readonly [code: status, details: string][] = [
  [UNAVAILABLE, "No connection established. Last error: connect ENOENT /run/containerd/containerd.sock."],
  [UNAVAILABLE, "No connection established. Last error: connect EACCES /run/containerd/containerd.sock."],
  [
    UNAVAILABLE,
    "No connection established. Last error: connect ECONNREFUSED /run/containerd/containerd.sock.",
  ],
  [UNAVAILABLE, "Connection dropped"],
  [UNAVAILABLE, "read ECONNRESET"],
  [UNAVAILABLE, "write EPIPE"],
  [UNAVAILABLE, "Stream refused by server"],
  [UNAVAILABLE, "Channel closed before call started"],
  [INTERNAL, "Received RST_STREAM with code 2 (Internal server error)"],
  [DEADLINE_EXCEEDED, "Deadline exceeded after 10.001s"],
];

// As containerd's own library writes it: an ErrUnexpectedStatus (429) that is joined to another error.
const http429 =
  "CAISeGZhaWxlZDogZmlyc3QKdW5leHBlY3RlZCBzdGF0dXMgZnJvbSBHRVQgcmVxdWVzdCB0byBodHRwOi8vMTAuODguMC4xOjUwMDAvdjIvdGVhbS9hcHAvbWFuaWZlc3RzLzE6IDQyOSBUb28gTWFueSBSZXF1ZXN0cxqgAgondHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucHJvdG9idWYuQW55EvQBCktnaXRodWIuY29tL2NvbnRhaW5lcmQvY29udGFpbmVyZC92Mi9jb3JlL3JlbW90ZXMvZXJyb3JzL0VyclVuZXhwZWN0ZWRTdGF0dXMSpAF7InN0YXR1cyI6IjQyOSBUb28gTWFueSBSZXF1ZXN0cyIsInN0YXR1c0NvZGUiOjQyOSwiYm9keSI6ImV5Smxjbkp2Y25NaU9sdGRmUT09IiwicmVxdWVzdFVSTCI6Imh0dHA6Ly8xMC44OC4wLjE6NTAwMC92Mi90ZWFtL2FwcC9tYW5pZmVzdHMvMSIsInJlcXVlc3RNZXRob2QiOiJHRVQifQ==";

describe("failureFromError()", () => {
  for (const [code, details] of lost)
    it(`takes for unavailable, with ${status[code]}: ${details.slice(-40)}`, () =>
      assert.equal(reasonOf(code, details), "unavailable"));

  for (const [code, details] of gone)
    it(`takes for runtime_down: ${details}`, () => assert.equal(reasonOf(code, details), "runtime_down"));

  it("takes words of the transport for the registry's where a pull's words are around them", () => {
    const details = `${pulling}: failed to do request: Head "http://r/v2/": dial tcp: connect: ECONNREFUSED connection refused`;
    assert.equal(reasonOf(UNAVAILABLE, details), "unavailable");
  });
});

describe("failureFromError() where code, text and what is attached differ", () => {
  const attached = Buffer.from(http429, "base64");

  it("believes what is attached before the code and the text", () => {
    assert.equal(reasonOf(NOT_FOUND, "x: not found", attached), "throttled");
    assert.equal(reasonOf(UNKNOWN, "unexpected status: 403 Forbidden", attached), "throttled");
    assert.equal(reasonOf(NOT_FOUND, "x: not found"), "not_found");
    assert.equal(reasonOf(UNKNOWN, "unexpected status: 403 Forbidden"), "unauthorized");
  });

  it("believes the registry's own error where it is attached", () => {
    // Status{details: [Any{type_url: "x/google.rpc.Status", value: Status{message: "denied"}}]}
    const type = Buffer.from("x/google.rpc.Status");
    const inner = Buffer.concat([Buffer.from([0x12, 6]), Buffer.from("denied")]);
    const any = Buffer.concat([
      Buffer.from([0x0a, type.length]),
      type,
      Buffer.from([0x12, inner.length]),
      inner,
    ]);
    const denied = Buffer.concat([Buffer.from([0x1a, any.length]), any]);
    assert.equal(reasonOf(UNKNOWN, "something new", denied), "unauthorized");
    assert.equal(reasonOf(NOT_FOUND, "x: not found", denied), "unauthorized");
    assert.equal(reasonOf(UNKNOWN, "something new"), "unknown");
  });

  it("believes a clear code before the text", () => {
    const text = "toomanyrequests: 500 no space left on device, unauthorized";
    assert.equal(reasonOf(NOT_FOUND, text), "not_found");
    assert.equal(reasonOf(status.UNAUTHENTICATED, text), "unauthorized");
    assert.equal(reasonOf(status.PERMISSION_DENIED, text), "unauthorized");
    assert.equal(reasonOf(UNKNOWN, text), "no_space");
    assert.equal(reasonOf(status.FAILED_PRECONDITION, text), "no_space");
  });

  it("believes a registry's HTTP status before any other word", () => {
    assert.equal(reasonOf(UNKNOWN, "unexpected status: 429 x - no space left on device"), "throttled");
    assert.equal(reasonOf(UNKNOWN, "unexpected status: 201 x - no space left on device"), "no_space");
  });
});

describe("failureFromError() on names", () => {
  const misleading = [
    "app:429",
    "app:500",
    "app:404",
    "unauthorized",
    "unauthorized/app:1",
    "app:503-1",
    "no-such-host:502",
    "status/429/toomanyrequests:1",
    "no-match-for-platform:status",
  ];
  for (const name of misleading) {
    it(`does not take ${name} for the reason`, () => {
      const about = (what: string) => `failed to pull and unpack image "r.io/${name}": ${what}`;
      assert.equal(
        reasonOf(NOT_FOUND, about(`failed to resolve image: r.io/${name}: not found`)),
        "not_found",
      );
      assert.equal(reasonOf(UNKNOWN, about("something new")), "unknown");
      assert.equal(reasonOf(UNKNOWN, about(`Get "http://r.io/v2/${name}/": something new`)), "unknown");
    });
  }

  it("takes the tag that looks like a status for a tag", () => {
    const failed =
      "pulling from host r.io failed with status code [manifests 404]: 500 Internal Server Error";
    assert.equal(reasonOf(UNKNOWN, failed), "unavailable");
  });
});

describe("failureFromError() on anything", () => {
  it("keeps the runtime's words, without what may be a secret", () => {
    const error = serviceError(UNKNOWN, 'Get "https://me:hunter2@r.io/v2/": EOF');
    assert.equal(failureFromError(error).message, 'Get "https://[redacted]@r.io/v2/": EOF');
  });

  it("takes what no gRPC call threw for the agent's own fault, without its secrets", () => {
    for (const error of [new TypeError("password=hunter2"), "password=hunter2", undefined, null]) {
      const failure = failureFromError(error);
      assert.equal(failure.reason, "internal");
      assert.ok(!failure.message.includes("hunter2"));
    }
  });

  it("knows an abort, which has a number for its code, from an answer", () => {
    assert.equal(isServiceError(new DOMException("over", "TimeoutError")), false);
    assert.equal(isServiceError(serviceError(UNKNOWN, "")), true);
  });

  it("has a reason for any code, text and attachment", () => {
    const codes = fc.integer({ min: -1, max: 20 });
    fc.assert(
      fc.property(codes, fc.string(), fc.uint8Array(), (code, details, attached) => {
        const { reason, message } = failureFromError(serviceError(code, details, attached));
        assert.equal(typeof reason, "string");
        assert.equal(typeof message, "string");
      }),
    );
  });

  it("reads a long text in time that grows with its length alone", () => {
    for (const word of ["status ", "status\n", '"', "429 ", "unexpected status "]) {
      const text = word.repeat(64_000 / word.length);
      assert.ok(cpuMsOf(() => reasonOf(UNKNOWN, text)) < 200, JSON.stringify(word));
    }
  });
});
