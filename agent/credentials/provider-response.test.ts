import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { responseWith } from "../testing/plugin-folder.ts";
import { requestFor, responseFrom } from "./provider-response.ts";

const read = (stdout: string) =>
  responseFrom(stdout, "credential provider p", "credential provider p, asked,");

function answerIn(fields: object) {
  const response = read(responseWith(fields));
  assert.ok(typeof response !== "string", JSON.stringify(response));
  return response;
}

describe("requestFor()", () => {
  it("asks for the repository in version 1 of the protocol", () => {
    assert.equal(
      requestFor("docker.io/library/nginx"),
      '{"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest","image":"docker.io/library/nginx"}',
    );
  });
});

describe("responseFrom()", () => {
  it("has the credentials by their keys, and says where they come from", () => {
    const { found } = answerIn({
      auth: {
        "a.example.com": { username: "u", password: "p:q" },
        "*.io/team": { username: "v", password: "" },
      },
    });
    assert.deepEqual(found.problems, []);
    const seen = found.credentials.map(({ pattern, credential }) => [pattern.text, credential]);
    assert.deepEqual(seen, [
      [
        "a.example.com",
        {
          username: "u",
          password: "p:q",
          identityToken: "",
          origin: "a.example.com of credential provider p",
        },
      ],
      [
        "*.io/team",
        { username: "v", password: "", identityToken: "", origin: "*.io/team of credential provider p" },
      ],
    ]);
  });

  it("takes user name and password alone, as the protocol has no more", () => {
    const auth = Buffer.from("other:word").toString("base64");
    const { found } = answerIn({
      auth: { "example.com": { username: "u", password: "p", auth, identitytoken: "t" } },
    });
    const [{ credential } = assert.fail()] = found.credentials;
    assert.deepEqual([credential.username, credential.password, credential.identityToken], ["u", "p", ""]);
  });

  const durations: readonly [fields: object, ms: number | undefined][] = [
    [{}, undefined],
    [{ cacheDuration: null }, undefined],
    [{ cacheDuration: "0s" }, 0],
    [{ cacheDuration: "5h59m59.25s" }, 21_599_250],
    [{ cacheDuration: "-1s" }, -1_000],
  ];
  for (const [fields, ms] of durations) {
    it(`has the duration of ${JSON.stringify(fields)}`, () =>
      assert.equal(answerIn(fields).cacheDurationMs, ms));
  }

  for (const type of ["Image", "Registry", "Global"]) {
    it(`takes the cacheKeyType ${type}`, () =>
      assert.equal(answerIn({ cacheKeyType: type }).cacheKeyType, type));
  }

  for (const auth of [undefined, null, {}]) {
    it(`has no credential, and nothing wrong, where auth is ${JSON.stringify(auth)}`, () =>
      assert.deepEqual(answerIn({ auth }).found, { credentials: [], problems: [] }));
  }

  it("leaves out a credential that is none, and no other", () => {
    const auth = { "hid den": { username: "u", password: "p" }, "b.io": "hidden", "c.io": { username: "u" } };
    const { found } = answerIn({ auth });
    assert.deepEqual(
      found.credentials.map(({ pattern }) => pattern.text),
      ["c.io"],
    );
    assert.equal(found.problems.length, 2);
    for (const problem of found.problems)
      assert.match(problem, /^credential provider p, asked, has an entry/);
    assert.doesNotMatch(found.problems.join(), /hid ?den/);
  });

  const wrong: readonly [stdout: string, problem: RegExp][] = [
    ["", /no JSON object/],
    ["hidden", /no JSON object/],
    ["[]", /no JSON object/],
    ["null", /no JSON object/],
    [`${responseWith()} hidden`, /no JSON object/],
    [
      responseWith({ apiVersion: "credentialprovider.kubelet.k8s.io/v1beta1" }),
      /another apiVersion than .*\/v1$/,
    ],
    [responseWith({ apiVersion: undefined }), /another apiVersion/],
    [responseWith({ kind: "hidden" }), /another kind than CredentialProviderResponse/],
    [responseWith({ kind: undefined }), /another kind/],
    [responseWith({ cacheKeyType: "hidden" }), /neither Image, Registry nor Global/],
    [responseWith({ cacheKeyType: "image" }), /neither Image/],
    [responseWith({ cacheKeyType: undefined }), /neither Image/],
    [responseWith({ cacheDuration: "hidden" }), /cacheDuration that is no duration/],
    [responseWith({ cacheDuration: 0 }), /cacheDuration/],
    [responseWith({ cacheDuration: "" }), /cacheDuration/],
    [responseWith({ auth: ["hidden"] }), /auth that is no object/],
    [responseWith({ auth: "hidden" }), /auth that is no object/],
  ];
  for (const [stdout, problem] of wrong) {
    it(`refuses ${stdout.slice(0, 200) || "nothing at all"}`, () => {
      const response = read(stdout);
      assert.ok(typeof response === "string");
      assert.match(response, problem);
      assert.doesNotMatch(response, /hidden/);
    });
  }

  it("takes any value in any field, and quotes none", () => {
    const marked = fc.string().map((text) => `QZ${text}`);
    const value = fc.oneof(
      fc.jsonValue(),
      fc.array(marked),
      fc.object({ values: [marked], key: marked }),
      marked,
    );
    const fields = ["apiVersion", "kind", "cacheKeyType", "cacheDuration", "auth"];
    fc.assert(
      fc.property(fc.constantFrom(...fields), value, (field, content) => {
        const response = read(responseWith({ [field]: content }));
        const said = typeof response === "string" ? response : response.found.problems.join();
        assert.ok(!said.includes("QZ"));
      }),
    );
  });
});
