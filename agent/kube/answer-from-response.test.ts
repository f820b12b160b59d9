import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answerFromResponse, isServerWrong, whyUnreachable } from "./answer-from-response.ts";

const key = "image-prefetcher.stackrox.io/my-images";
const subject = { nodeName: "node-1", key, date: new Date("2026-01-02T03:04:05Z") };
const answerTo = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
  answerFromResponse({ status, headers, text }, subject);
const statusOf = (code: number, fields: object) =>
  JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, ...fields });

describe("answerFromResponse()", () => {
  const failures: readonly [what: string, status: number, body: string, expected: object][] = [
    [
      "403 of RBAC or a policy",
      403,
      statusOf(403, { message: 'nodes "node-1" is forbidden', reason: "Forbidden" }),
      { kind: "refused", message: 'patch nodes/node-1: nodes "node-1" is forbidden (HTTP 403)' },
    ],
    [
      "422 of a policy",
      422,
      statusOf(422, { message: "denied request: another node" }),
      { kind: "refused", message: "patch nodes/node-1: denied request: another node (HTTP 422)" },
    ],
    [
      "404 of a Node",
      404,
      statusOf(404, {
        message: 'nodes "node-1" not found',
        reason: "NotFound",
        details: { name: "node-1", kind: "nodes" },
      }),
      { kind: "gone" },
    ],
    [
      "404 of a proxy",
      404,
      "404 page not found",
      { kind: "unavailable", message: "404 page not found (HTTP 404)" },
    ],
    [
      "404 of a path that is not there",
      404,
      statusOf(404, {
        message: "the server could not find the requested resource",
        reason: "NotFound",
        details: {},
      }),
      { kind: "unavailable", message: "the server could not find the requested resource (HTTP 404)" },
    ],
    [
      "401",
      401,
      statusOf(401, { message: "Unauthorized" }),
      { kind: "unavailable", message: "Unauthorized (HTTP 401)" },
    ],
    [
      "409",
      409,
      statusOf(409, { message: "the object has been modified" }),
      { kind: "unavailable", message: "the object has been modified (HTTP 409)" },
    ],
    [
      "500 of an admission webhook",
      500,
      statusOf(500, { message: 'failed calling webhook "x": connection refused', reason: "InternalError" }),
      { kind: "unavailable", message: 'failed calling webhook "x": connection refused (HTTP 500)' },
    ],
    [
      "500 of a proxy, cut",
      500,
      "x".repeat(5_000),
      { kind: "unavailable", message: `${"x".repeat(300)} (HTTP 500)` },
    ],
    ["503 without a body", 503, "", { kind: "unavailable", message: " (HTTP 503)" }],
    [
      "200 that is no JSON",
      200,
      "<html>",
      { kind: "unavailable", message: "the API server's answer is no JSON" },
    ],
    [
      "200 that breaks off",
      200,
      '{"kind":"No',
      { kind: "unavailable", message: "the API server's answer is no JSON" },
    ],
    [
      "200 that is no Node",
      200,
      "{}",
      { kind: "unavailable", message: "the API server's answer is no Node" },
    ],
    ["200 that is null", 200, "null", { kind: "unavailable", message: "the API server's answer is no JSON" }],
  ];
  for (const [what, status, body, expected] of failures) {
    it(`understands a ${what}`, () => assert.deepEqual(answerTo(status, body), expected));
  }

  const waits: readonly [header: string, retryAfterMs: number | undefined][] = [
    ["7", 7_000],
    ["0", 0],
    ["Fri, 02 Jan 2026 03:04:15 GMT", 10_000],
    ["Fri, 02 Jan 2026 03:00:00 GMT", 0],
    ["soon", undefined],
  ];
  for (const [header, retryAfterMs] of waits) {
    it(`reads the Retry-After ${header} of a 429`, () => {
      assert.deepEqual(answerTo(429, statusOf(429, { message: "too many" }), { "retry-after": header }), {
        kind: "unavailable",
        message: "too many (HTTP 429)",
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    });
  }

  const nodeWith = (metadata: object, conditions?: readonly object[]) =>
    JSON.stringify({
      kind: "Node",
      metadata,
      ...(conditions === undefined ? {} : { status: { conditions } }),
    });
  const marksOf = (text: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = answerTo(200, text, headers);
    assert.ok(answer.kind === "node", JSON.stringify(answer));
    return answer.marks;
  };

  it("reads the own key, the version and nothing of others", () => {
    const metadata = {
      resourceVersion: "42",
      labels: { [key]: "failed", other: "x" },
      annotations: { [key]: "{}", other: "y" },
    };
    assert.deepEqual(marksOf(nodeWith(metadata, [])), {
      label: "failed",
      annotation: "{}",
      resourceVersion: "42",
      isUnderDiskPressure: false,
    });
  });

  it("reads a Node that has nothing", () => {
    assert.deepEqual(marksOf('{"kind":"Node"}'), {
      label: undefined,
      annotation: undefined,
      isUnderDiskPressure: false,
    });
  });

  const created = nodeWith({ creationTimestamp: "2026-01-02T03:00:00Z" });
  const ages: readonly [what: string, date: string | undefined, ageMs: number][] = [
    ["by the server's clock", "Fri, 02 Jan 2026 03:10:00 GMT", 600_000],
    ["by the server's clock, be it behind", "Fri, 02 Jan 2026 02:59:59 GMT", -1_000],
    ["by the own clock where the server says no time", undefined, 245_000],
    ["by the own clock where nobody can read the server's", "soon", 245_000],
  ];
  for (const [what, date, ageMs] of ages)
    it(`reads the Node's age ${what}`, () =>
      assert.equal(marksOf(created, date === undefined ? {} : { date }).ageMs, ageMs));

  it("knows no age of a Node whose creation it cannot read", () => {
    for (const metadata of [{}, { creationTimestamp: "yesterday" }])
      assert.ok(!("ageMs" in marksOf(nodeWith(metadata))));
  });

  const disk = (status: string) => ({ type: "DiskPressure", status });
  const others = [
    { type: "MemoryPressure", status: "True" },
    { type: "Ready", status: "True" },
  ];
  const conditions: readonly [what: string, list: readonly object[] | undefined, isUnder: boolean][] = [
    ["no conditions", undefined, false],
    ["other conditions", others, false],
    ["DiskPressure False", [...others, disk("False")], false],
    ["DiskPressure Unknown, since its kubelet is silent", [disk("Unknown")], false],
    ["DiskPressure True among others", [...others, disk("True")], true],
  ];
  for (const [what, list, isUnder] of conditions) {
    it(`takes a Node with ${what} for ${isUnder ? "" : "not "}under pressure`, () =>
      assert.equal(marksOf(nodeWith({}, list)).isUnderDiskPressure, isUnder));
  }
});

describe("whyUnreachable()", () => {
  it("says the innermost cause, without secrets", () => {
    const cause = new Error("connect ECONNREFUSED https://me:hunter2@10.0.0.1/");
    assert.equal(
      whyUnreachable(new Error("fetch failed", { cause: new Error("request", { cause }) })),
      "the API server cannot be reached: connect ECONNREFUSED https://[redacted]@10.0.0.1/",
    );
  });

  it("comes to an end where a chain of causes comes back to itself", () => {
    const error = new Error("round");
    error.cause = error;
    assert.match(whyUnreachable(error), /: round$/);
  });

  it("takes what is no Error", () => {
    assert.match(whyUnreachable("a word"), /: a word$/);
  });
});

describe("isServerWrong()", () => {
  const wrong = [
    "ENOTFOUND",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ];
  const alike = ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"];
  const passing = ["ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", undefined];
  const failed = (code: string | undefined) =>
    new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code }) });

  it("takes names and certificates for what lasts", () => {
    for (const code of [...wrong, ...alike]) assert.ok(isServerWrong(failed(code)), code);
  });

  it("takes all else for what may pass", () => {
    for (const code of passing) assert.ok(!isServerWrong(failed(code)), code);
    assert.ok(!isServerWrong("a word"));
  });
});
