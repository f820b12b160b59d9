import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { redact } from "./redact.ts";
import { cpuMsOf } from "./testing/cpu-time.ts";

describe("redact()", () => {
  const texts: readonly [text: string, redacted: string][] = [
    ["https://user:pass@quay.io/v2/", "https://[redacted]@quay.io/v2/"],
    ["https://token@quay.io/v2/", "https://[redacted]@quay.io/v2/"],
    ["http://u:p@ss/w@proxy:3128", "http://[redacted]@proxy:3128"],
    [
      'Get "https://cdn.example.com/blob?X-Amz-Signature=abc&x=1": dial tcp: i/o timeout',
      'Get "https://cdn.example.com/blob?[redacted]": dial tcp: i/o timeout',
    ],
    [
      '{"error":"Get \\"https://quay.io/x?sig=abc\\": EOF"}',
      '{"error":"Get \\"https://quay.io/x?[redacted]\\": EOF"}',
    ],
    ["Authorization: Bearer abc", "Authorization: Bearer [redacted]"],
    ["authorization: basic dTpw", "authorization: basic [redacted]"],
    ["map[Authorization:[Basic dTpw]]", "map[Authorization:[Basic [redacted]"],
    ['{"auth":"dXNlcg==","user":"me"}', '{"auth":[redacted],"user":"me"}'],
    ['{"password":"p\\"q r","x":1}', '{"password":[redacted],"x":1}'],
    ["access_token=abc next", "access_token=[redacted] next"],
    ["sent Bearer abcdefgh.ijk to it", "sent Bearer [redacted] to it"],
    ["sent Bearer  abcdefgh.ijk to it", "sent Bearer [redacted] to it"],
  ];
  for (const [text, redacted] of texts) {
    it(`makes ${text} harmless`, () => assert.equal(redact(text), redacted));
  }

  const harmless = [
    "docker.io/library/nginx:1.27",
    "registry.example.com/team/auth:1.2: not found",
    "quay.io/team/registry-token:latest",
    "https://quay.io/v2/team/app/manifests/1.0",
    `docker://quay.io/team/app@sha256:${"0".repeat(64)}: not found`,
    "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope",
    "may require authorization: authorization failed: no basic auth credentials",
    "failed to fetch anonymous token: unexpected status from GET request to https://quay.io/token",
    "unauthorized: authentication required",
    'secrets "regcred" not found',
  ];
  for (const text of harmless) {
    it(`leaves ${text.slice(0, 50)} as it is`, () => assert.equal(redact(text), text));
  }

  // Each puts a secret where a registry, a runtime or Go's net/http is known to put one.
  const places: Readonly<Record<string, (secret: string) => string>> = {
    "a URL's password": (secret) => `Get "https://user:${secret}@quay.io/v2/": EOF`,
    "a URL's user": (secret) => `dial https://${secret}@quay.io/v2/ failed`,
    "a URL's query": (secret) => `Get "https://cdn.io/b?X-Amz-Signature=${secret}&t=1": EOF`,
    "a bearer header": (secret) => `request header Authorization: Bearer ${secret} was refused`,
    "a Go header map": (secret) => `map[Authorization:[Basic ${secret}] Accept:[*/*]]`,
    "a docker config": (secret) => JSON.stringify({ auths: { "quay.io": { auth: secret } } }),
    "a token answer": (secret) => `body: ${JSON.stringify({ access_token: secret, expires_in: 60 })}`,
    "JSON in JSON": (secret) => JSON.stringify({ error: JSON.stringify({ password: secret, a: 1 }) }),
    "a query text": (secret) => `form: client_secret=${secret} grant`,
    "a Go struct": (secret) => `{Username:me Password:${secret} ServerAddress:quay.io}`,
  };
  const lead = fc.stringMatching(/^[A-Za-z0-9]{6}$/);
  const secrets = fc
    .tuple(lead, fc.stringMatching(/^[A-Za-z0-9+/=._~!$&'()*,;:%-]{0,30}$/))
    .map((s) => s.join(""));
  for (const [place, textWith] of Object.entries(places)) {
    it(`lets no secret through in ${place}`, () => {
      fc.assert(
        fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
          const planted = `QZ${secret}`;
          // What stands around it by chance is no leak of it: both may end in a word like `toString`.
          fc.pre(![before, after].some((text) => text.includes(planted.slice(-8))));
          const text = `${before} ${textWith(planted)} ${after}`;
          // Neither as a whole nor its beginning: half a token is a leak too.
          assert.ok(!redact(text).includes(planted.slice(0, 8)), redact(text));
          assert.ok(!redact(text).includes(planted.slice(-8)), redact(text));
        }),
      );
    });
  }

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(places)), secrets, (textWith, secret) => {
        const once = redact(textWith(secret));
        assert.equal(redact(once), once);
      }),
    );
  });

  it("takes time in proportion to the text, whatever is in it", () => {
    const pieces = [
      "a",
      "a://",
      "://",
      "?",
      "@",
      "a@",
      "token",
      "token=",
      "token ",
      "bearer ",
      '\\"',
      "\\",
      "=",
      " ",
    ];
    for (const piece of pieces) {
      const text = `x://token="${piece.repeat(100_000 / piece.length)}`;
      const durationMs = cpuMsOf(() => redact(text) + redact(text.slice(11)));
      assert.ok(durationMs < 300, `${piece} took ${durationMs} ms`);
    }
  });
});
