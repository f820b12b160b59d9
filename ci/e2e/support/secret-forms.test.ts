import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { placesWithSecrets, secretForms } from "./secret-forms.ts";

const secret = 'p/4+ss&w"rd-3f9a71';
const user = "alice";
const basic = Buffer.from(`${user}:${secret}`).toString("base64");
const config = JSON.stringify({ auths: { "r.example.com": { auth: basic } } });
const plain = JSON.stringify({ auths: { "r.example.com": { username: user, password: "p/4+ss-3f9a71" } } });

const leaks: Record<string, string> = {
  plain: `the password is ${secret}!`,
  "in JSON": JSON.stringify({ secret }),
  "in Go's JSON": JSON.stringify({ secret }).replace("&", "\\u0026"),
  "in a query": new URLSearchParams({ password: secret }).toString(),
  "as a part of a path": `/x/${encodeURIComponent(secret)}/y`,
  "as Basic": `Authorization: Basic ${basic}`,
  "in base64": Buffer.from(secret).toString("base64"),
  "in a Secret": Buffer.from(config).toString("base64"),
  "in a Secret, one byte later": Buffer.from(` ${config}`).toString("base64"),
  "in a Secret, two bytes later": Buffer.from(`  ${config}`).toString("base64"),
  "in base64 for URLs": Buffer.from(`????>>${secret}`).toString("base64url"),
};

describe("placesWithSecrets()", () => {
  for (const [place, text] of Object.entries(leaks)) {
    it(`finds a password ${place}`, () => {
      assert.deepEqual(placesWithSecrets([[place, text]], [{ user, secret }]), [place]);
      assert.deepEqual(placesWithSecrets([[place, text]], [{ user, secret: "another-one-5522" }]), []);
    });
  }

  it("finds a password that stands in the base64 of a whole docker config", () => {
    for (const before of ["", " ", "  "]) {
      const text = Buffer.from(before + plain).toString("base64");
      assert.deepEqual(placesWithSecrets([["there", text]], [{ secret: "p/4+ss-3f9a71" }]), ["there"]);
    }
  });

  it("names each place once, sorted, whichever of the secrets it holds", () => {
    const texts = [
      ["b", "one two"] as const,
      ["a", "two"] as const,
      ["c", "three"] as const,
      ["b", "one"] as const,
    ];
    assert.deepEqual(placesWithSecrets(texts, [{ secret: "one" }, { secret: "two" }]), ["a", "b"]);
  });
});

describe("secretForms()", () => {
  it("has no form so short that it would stand anywhere", () => {
    for (const form of secretForms({ user, secret })) assert.ok(form.length >= 12, form);
  });
});
