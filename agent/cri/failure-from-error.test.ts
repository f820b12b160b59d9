import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { status } from "@grpc/grpc-js";
import type { FailureReason } from "../failure.ts";
import { failureFromError } from "./failure-from-error.ts";

function serviceError(code: status, details: string): Error {
  return Object.assign(new Error(`${code} ${status[code]}: ${details}`), { code, details });
}

const image = "10.88.0.1:5000/team/app:1";
const pulling = `failed to pull and unpack image "${image}"`;
const head = 'failed to do request: Head "http://10.88.0.1:5000/v2/team/app/manifests/1"';
const { NOT_FOUND, UNKNOWN, FAILED_PRECONDITION, INVALID_ARGUMENT, UNAVAILABLE, INTERNAL } = status;

// What containerd 2.x says, unless another runtime is named.
const failures: readonly [reason: FailureReason, code: status, details: string][] = [
  ["not_found", NOT_FOUND, `${pulling}: failed to resolve image: ${image}: not found`],
  ["not_found", UNKNOWN, "CRI-O: reading manifest 1 in 10.88.0.1:5000/team/app: manifest unknown"],
  ["not_found", UNKNOWN, `${pulling}: unexpected status from GET request to http://r/v2/: 404 Not Found`],
  ["no_platform", NOT_FOUND, `${pulling}: no match for platform in manifest sha256:0123: not found`],
  [
    "unauthorized",
    UNKNOWN,
    `${pulling}: failed to resolve image: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  ],
  [
    "unauthorized",
    UNKNOWN,
    'failed to pull and unpack image "docker.io/library/none:latest": failed to resolve image: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  ],
  [
    "unauthorized",
    UNKNOWN,
    `${pulling}: unexpected status from HEAD request to https://r/v2/: 401 Unauthorized`,
  ],
  [
    "unauthorized",
    UNKNOWN,
    `${pulling}: unexpected status from HEAD request to https://r/v2/: 403 Forbidden`,
  ],
  [
    "unauthorized",
    UNKNOWN,
    "CRI-O: unable to retrieve auth token: invalid username/password: unauthorized: authentication required",
  ],
  [
    "throttled",
    UNKNOWN,
    `${pulling}: failed to copy: httpReadSeeker: failed open: unexpected status code https://r/v2/: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.`,
  ],
  ["throttled", UNKNOWN, "CRI-O: invalid status code from registry 429 (Too Many Requests)"],
  [
    "unavailable",
    UNKNOWN,
    `${pulling}: unexpected status from HEAD request to http://r/v2/: 500 Internal Server Error`,
  ],
  [
    "unavailable",
    UNKNOWN,
    `${pulling}: unexpected status from HEAD request to http://r/v2/: 502 Bad Gateway`,
  ],
  [
    "unavailable",
    UNKNOWN,
    `${pulling}: unexpected status from HEAD request to http://r/v2/: 503 Service Unavailable`,
  ],
  ["unavailable", UNKNOWN, `${pulling}: ${head}: dial tcp 10.88.0.1:5000: connect: connection refused`],
  ["unavailable", UNAVAILABLE, `${pulling}: ${head}: dial tcp 10.88.0.1:5000: connect: connection refused`],
  [
    "unavailable",
    UNKNOWN,
    `${pulling}: ${head}: dial tcp: lookup none.invalid on 10.0.0.10:53: no such host`,
  ],
  ["unavailable", UNKNOWN, `${pulling}: ${head}: dial tcp: lookup r on 10.0.0.10:53: server misbehaving`],
  ["unavailable", UNKNOWN, `${pulling}: ${head}: dial tcp 10.88.0.1:5000: i/o timeout`],
  ["unavailable", UNKNOWN, `${pulling}: ${head}: dial tcp 10.88.0.1:5000: connect: no route to host`],
  ["unavailable", UNKNOWN, `${pulling}: ${head}: net/http: TLS handshake timeout`],
  ["unavailable", UNKNOWN, `${pulling}: ${head}: read tcp 10.88.0.1:5000: read: connection reset by peer`],
  ["unavailable", UNKNOWN, `${pulling}: ${head}: EOF`],
  ["unavailable", UNKNOWN, `${pulling}: failed to copy: httpReadSeeker: failed open: unexpected EOF`],
  ["unavailable", UNKNOWN, `${pulling}: context canceled`],
  ["unavailable", UNKNOWN, "CRI-O: RegistryUnavailable: pull image: the registry is away"],
  [
    "no_space",
    UNKNOWN,
    `${pulling}: failed to extract layer sha256:0123: write /var/lib/containerd/x: no space left on device: unknown`,
  ],
  ["no_space", UNKNOWN, `${pulling}: write /var/lib/containerd/x: disk quota exceeded`],
  [
    "corrupt",
    FAILED_PRECONDITION,
    `${pulling}: failed commit on ref "layer-sha256:0123": unexpected commit digest sha256:4567, expected sha256:0123: failed precondition`,
  ],
  [
    "corrupt",
    FAILED_PRECONDITION,
    `${pulling}: failed commit on ref "layer-sha256:0123": "layer-sha256:0123" failed size validation: 5 != 9: failed precondition`,
  ],
  ["signature", UNKNOWN, "CRI-O: SignatureValidationFailed: Source image rejected: A signature was required"],
  ["invalid_reference", INVALID_ARGUMENT, 'failed to parse image reference "A": invalid reference format'],
  [
    "unknown",
    UNKNOWN,
    `${pulling}: failed to copy: media type "x" is no longer supported since containerd v2.0: not implemented`,
  ],
  [
    "unknown",
    UNKNOWN,
    `${pulling}: ${head}: tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  ],

  // grpc-js' own words: there is no runtime to say anything.
  [
    "runtime_down",
    UNAVAILABLE,
    "No connection established. Last error: connect ENOENT /run/containerd/containerd.sock.",
  ],
  [
    "runtime_down",
    UNAVAILABLE,
    "No connection established. Last error: connect EACCES /run/containerd/containerd.sock.",
  ],
  ["runtime_down", UNAVAILABLE, "Connection dropped"],
  ["runtime_down", UNAVAILABLE, "read ECONNRESET"],
  ["runtime_down", INTERNAL, "Received RST_STREAM with code 2 (Internal server error)"],
  ["runtime_down", status.DEADLINE_EXCEEDED, "Deadline exceeded after 10.001s"],
];

describe("failureFromError()", () => {
  for (const [reason, code, details] of failures) {
    it(`takes for ${reason}: ${details.replace(pulling, "...").slice(0, 110)}`, () => {
      const failure = failureFromError(serviceError(code, details));
      assert.equal(failure.reason, reason, failure.message);
    });
  }

  const misleading = [
    "app:429",
    "app:500",
    "app:404",
    "unauthorized",
    "unauthorized/app:1",
    "app:503-1",
    "no-such-host:502",
  ];
  for (const name of misleading) {
    it(`does not take the image's name ${name} for the reason`, () => {
      const about = (what: string) => `failed to pull and unpack image "r.io/${name}": ${what}`;
      const reasonOf = (code: status, what: string) =>
        failureFromError(serviceError(code, about(what))).reason;
      assert.equal(reasonOf(NOT_FOUND, `failed to resolve image: r.io/${name}: not found`), "not_found");
      assert.equal(reasonOf(UNKNOWN, "something new"), "unknown");
    });
  }

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
});
