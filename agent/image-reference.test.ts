import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { normalisedName, parseImageReference } from "./image-reference.ts";
import { cpuMsOf } from "./testing/cpu-time.ts";

const hex64 = "0123456789abcdef".repeat(4);
const digest = `sha256:${hex64}`;

function nameOf(text: string): string {
  const parsed = parseImageReference(text);
  assert.ok(parsed.kind === "reference", `${text}: ${JSON.stringify(parsed)}`);
  return normalisedName(parsed.reference);
}

describe("parseImageReference()", () => {
  it("takes a full reference apart", () => {
    assert.deepEqual(parseImageReference(`registry.example.com:5000/team/app:1.2@${digest}`), {
      kind: "reference",
      reference: { registry: "registry.example.com:5000", repository: "team/app", tag: "1.2", digest },
    });
  });

  it("adds no tag where there is a digest", () => {
    const parsed = parseImageReference(`quay.io/team/app@${digest}`);
    assert.equal(parsed.kind === "reference" && parsed.reference.tag, undefined);
  });

  const sameNames: readonly [text: string, name: string][] = [
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:latest", "docker.io/library/nginx:latest"],
    ["library/nginx", "docker.io/library/nginx:latest"],
    ["docker.io/nginx", "docker.io/library/nginx:latest"],
    ["docker.io/library/nginx:latest", "docker.io/library/nginx:latest"],
    ["index.docker.io/library/nginx", "docker.io/library/nginx:latest"],
    ["team/app", "docker.io/team/app:latest"],
    ["a/b/c", "docker.io/a/b/c:latest"],
    ["localhost/app", "localhost/app:latest"],
    ["localhost:5000/app", "localhost:5000/app:latest"],
    ["app:5000", "docker.io/library/app:5000"],
    ["my.app", "docker.io/library/my.app:latest"],
    ["localhost", "docker.io/library/localhost:latest"],
    [`${hex64}/app`, `docker.io/${hex64}/app:latest`],
    ["host/app", "docker.io/host/app:latest"],
    ["Host/app", "Host/app:latest"],
    ["REGISTRY.example.com/app", "REGISTRY.example.com/app:latest"],
    ["127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b:c"],
    ["[::1]/app", "[::1]/app:latest"],
    ["[2001:db8::1]:5000/a/b:1", "[2001:db8::1]:5000/a/b:1"],
    ["registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"],
    ["example.com/a__b/c-d/e.f/g---h:v1", "example.com/a__b/c-d/e.f/g---h:v1"],
    ["example.com/app:_tag.with-UPPER", "example.com/app:_tag.with-UPPER"],
    [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
    [`nginx:1.27@${digest}`, `docker.io/library/nginx@${digest}`],
    [`nginx@sha512:${hex64}${hex64}`, `docker.io/library/nginx@sha512:${hex64}${hex64}`],
    [`app:${"t".repeat(128)}`, `docker.io/library/app:${"t".repeat(128)}`],
    [`x.io/${"a".repeat(250)}`, `x.io/${"a".repeat(250)}:latest`],
  ];
  for (const [text, name] of sameNames) {
    it(`reads ${text.slice(0, 60)} as ${name.slice(0, 60)}`, () => assert.equal(nameOf(text), name));
  }

  const invalid: readonly [text: string, why: RegExp][] = [
    ["", /is empty/],
    [" nginx", /white space/],
    ["nginx latest", /white space/],
    ["nginx\n", /white space/],
    ["nginx\u00a0", /white space/],
    ["https://quay.io/app", /scheme/],
    ["docker://nginx", /scheme/],
    ["Nginx", /upper-case/],
    ["quay.io/Team/app", /repository/],
    ["quay.io/team/App:v1", /upper-case/],
    ["host:5000/App", /upper-case/],
    [`host:5000/App@${digest}`, /upper-case/],
    ["nginx-:V1", /is no image reference/],
    [hex64, /image ID/],
    [`sha256:${hex64}`, /image ID/],
    [`nginx@sha256:${hex64.slice(1)}`, /64 lower-case hex digits/],
    [`nginx@sha256:${hex64}0`, /64 lower-case hex digits/],
    [`nginx@sha256:${hex64.toUpperCase()}`, /64 lower-case hex digits/],
    [`nginx@md5:${hex64}`, /unknown kind "md5"/],
    ["nginx@sha256:abc", /is no image reference/],
    [`nginx@${digest}@${digest}`, /is no image reference/],
    ["nginx:", /is no image reference/],
    ["nginx@", /is no image reference/],
    [":latest", /is no image reference/],
    ["/nginx", /is no image reference/],
    ["nginx/", /is no image reference/],
    ["a//b", /is no image reference/],
    ["a..b/c", /is no image reference/],
    ["-nginx", /is no image reference/],
    ["nginx-", /is no image reference/],
    ["a/../b", /is no image reference/],
    ["host:port/app", /is no image reference/],
    ["[::1/app", /is no image reference/],
    ["nginx:.tag", /is no image reference/],
    [`nginx:${"t".repeat(129)}`, /is no image reference/],
    ["nginx?x=y", /is no image reference/],
    ["nginx;rm", /is no image reference/],
    ["nginx\u0000", /is no image reference/],
    ["nginx\u001b[31m", /is no image reference/],
    ["ngınx", /is no image reference/],
    ["../../etc/passwd", /is no image reference/],
    [`x.io/${"a".repeat(251)}`, /more than 255 characters/],
  ];
  for (const [text, why] of invalid) {
    it(`refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
      const parsed = parseImageReference(text);
      assert.ok(parsed.kind === "invalid", "it was taken");
      assert.match(parsed.message, why);
    });
  }

  it("quotes what it refuses without control characters, and cuts it", () => {
    const parsed = parseImageReference(`nginx\u001b[31m${"x".repeat(1_000)}`);
    assert.ok(parsed.kind === "invalid");
    assert.match(parsed.message, /^"nginx\\u001b\[31mx{200,}\.\.\." is no image reference/);
    assert.ok(parsed.message.length < 500);
  });

  it("takes time in proportion to the text, whatever is in it", () => {
    const pieces = ["a", "a.", "a-", "a/", ":", "@", "[", "A", "a:", "aa_", "1", "@a:", "sha256:", "-", "é"];
    const ends = ["", "/", "!", ":", "@"];
    for (const piece of pieces) {
      for (const end of ends) {
        const text = piece.repeat(100_000 / piece.length) + end;
        const durationMs = cpuMsOf(() => parseImageReference(text));
        assert.ok(durationMs < 300, `${piece}...${end} took ${durationMs} ms`);
      }
    }
  });

  it("never throws, and never takes white space or a control character", () => {
    const unit = fc.constantFrom(..."aZ09/:@.-_[] \n\t\0\u001b\u00a0\u2028é\ud800", "sha256:", "docker.io");
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const parsed = parseImageReference(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through.
        return parsed.kind === "invalid" || !/[\s\u0000-\u001f\u007f-\uffff]/.test(text);
      }),
    );
  });

  it("reads its own full spelling as the same image", () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,8})?$/);
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), tag, (parts, tagText) => {
        const name = nameOf(`${parts.join("/")}:${tagText}`);
        assert.equal(nameOf(name), name);
      }),
    );
  });
});

describe("normalisedName()", () => {
  it("tells different images apart", () => {
    const names = ["nginx:1", "nginx:2", "quay.io/nginx:1", "team/nginx:1", `nginx@${digest}`].map(nameOf);
    assert.equal(new Set(names).size, names.length);
  });
});
