import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { redact } from "../redact.ts";
import { type DockerConfigKey, dockerConfigFrom } from "./docker-config.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const read = (config: unknown, key: DockerConfigKey = ".dockerconfigjson") =>
  dockerConfigFrom(typeof config === "string" ? config : JSON.stringify(config), key, "pull secret a");
const loginOf = (auth: object) => {
  const { credentials, problems } = read({ auths: { "r.io": auth } });
  const [{ credential } = { credential: undefined }] = credentials;
  return credential ?? problems.join();
};

describe("dockerConfigFrom()", () => {
  it("has each credential with its key and where it is from, in the order written", () => {
    const auths = {
      "https://r.io/v1/": { auth: base64("me:word") },
      "s.io/team": { username: "you", password: "w" },
    };
    const { credentials, problems } = read({ auths, credsStore: "desktop" });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      credentials.map(({ pattern, credential }) => [pattern.text, credential]),
      [
        ["r.io", { username: "me", password: "word", identityToken: "", origin: "r.io of pull secret a" }],
        [
          "s.io/team",
          { username: "you", password: "w", identityToken: "", origin: "s.io/team of pull secret a" },
        ],
      ],
    );
  });

  it("reads the map in whatever case its name is", () => {
    const { credentials, problems } = read({ Auths: { "r.io": { auth: base64("me:word") } } });
    assert.deepEqual([credentials.length, problems], [1, []]);
  });

  it("reads the legacy form, which is the map alone", () => {
    const { credentials, problems } = read(
      { "r.io": { auth: base64("me:word"), email: "me@r.io" } },
      ".dockercfg",
    );
    assert.deepEqual([credentials.length, problems], [1, []]);
  });

  const nothing = { identityToken: "", origin: "r.io of pull secret a" };
  const logins: readonly (readonly [what: string, auth: object, login: object])[] = [
    ["user and password", { username: "me", password: "word" }, { username: "me", password: "word" }],
    ["auth", { auth: base64("me:word") }, { username: "me", password: "word" }],
    [
      "auth without its padding",
      { auth: base64("me:wordy").replace(/=+$/, "") },
      { username: "me", password: "wordy" },
    ],
    [
      "auth with a line break in it",
      { auth: `${base64("me:word").slice(0, 4)}\n${base64("me:word").slice(4)}\n` },
      { username: "me", password: "word" },
    ],
    ["colons in the password", { auth: base64("me:a:b:") }, { username: "me", password: "a:b:" }],
    ["an empty password", { auth: base64("me:") }, { username: "me", password: "" }],
    [
      "auth, rather than what stands beside it",
      { auth: base64("me:word"), username: "x", password: "y" },
      { username: "me", password: "word" },
    ],
    ["names in capitals", { Username: "me", PASSWORD: "word" }, { username: "me", password: "word" }],
    [
      "the last of several spellings",
      { username: "x", UserName: "me", password: "word" },
      { username: "me", password: "word" },
    ],
    [
      "null for what is not there",
      { username: "me", password: "word", Password: null, auth: null, email: null },
      { username: "me", password: "word" },
    ],
    ["letters beyond ASCII", { auth: base64("mé:wörd") }, { username: "mé", password: "wörd" }],
    [
      "an identity token",
      { auth: base64("<token>:"), identitytoken: "abc" },
      { username: "<token>", password: "", identityToken: "abc" },
    ],
    [
      "an identity token alone",
      { identitytoken: "abc" },
      { username: "", password: "", identityToken: "abc" },
    ],
  ];
  for (const [what, auth, login] of logins) {
    it(`takes ${what}`, () => assert.deepEqual(loginOf(auth), { ...nothing, ...login }));
  }

  const place = "the .dockerconfigjson of pull secret a has an entry, number 1,";
  const encodedBadly = `${place} whose \`auth\` is not the base64 of USER:PASSWORD`;
  const noText = `${place} that has something else than text where a login is text`;
  const empty = `${place} that holds no credential; one that a credential helper keeps cannot be had from a Secret`;
  const badLogins: readonly (readonly [what: string, auth: unknown, problem: string])[] = [
    ["auth that is no base64", { auth: "me:QZword" }, encodedBadly],
    ["auth of base64 for URLs", { auth: "bWU6QZ-_" }, encodedBadly],
    ["auth without a colon", { auth: base64("QZword") }, encodedBadly],
    ["auth with padding within", { auth: "bW=U6QZ" }, encodedBadly],
    ["nothing", {}, empty],
    ["auth with half of its padding", { auth: base64("me:QZwordy").replace(/==$/, "=") }, encodedBadly],
    ["auth with a space in it", { auth: `${base64("me:QZword")} ` }, encodedBadly],
    ["auth cut within a letter", { auth: base64("me:QZword").slice(0, 9) }, encodedBadly],
    ["auth that is no UTF-8", { auth: Buffer.from("me:\xff", "latin1").toString("base64") }, encodedBadly],
    ["a number for a user", { username: 1, password: "QZword" }, noText],
    ["a number for a password", { username: "me", password: 2 }, noText],
    ["a map for auth", { username: "me", password: "QZword", auth: {} }, noText],
    ["a list for an address", { username: "me", password: "QZword", email: [] }, noText],
    ["a text", "QZword", `${place} that is no object`],
    ["null", null, `${place} that is no object`],
    ["a list", ["QZword"], `${place} that is no object`],
  ];
  for (const [what, auth, problem] of badLogins) {
    it(`says so of ${what}, and keeps the others`, () => {
      const { credentials, problems } = read({
        auths: { "r.io": auth, "s.io": { username: "me", password: "w" } },
      });
      assert.deepEqual(problems, [problem]);
      assert.deepEqual(
        credentials.map(({ pattern }) => pattern.text),
        ["s.io"],
      );
    });
  }

  it("says so of a name that is no registry, without the name", () => {
    const { credentials, problems } = read({ auths: { "me:QZword /": { auth: base64("me:word") } } });
    assert.deepEqual(credentials, []);
    assert.deepEqual(problems, [`${place} whose name is no registry`]);
  });

  it("leaves user and password out of an origin where they stand in the key", () => {
    const { credentials } = read({
      auths: { "https://me:QZword@r.io/?token=QZ": { username: "me", password: "w" } },
    });
    assert.equal(credentials[0]?.credential.origin, "r.io of pull secret a");
  });

  for (const config of [
    "",
    "QZword",
    "[]",
    "null",
    '"QZ"',
    "{",
    '{"auths":[]}',
    '{"auths":"QZ"}',
    "{}",
    '{"r.io":{"auth":"QZ"}}',
  ]) {
    it(`says which secret and key, and the form it should have, of ${JSON.stringify(config)}`, () => {
      const { credentials, problems } = read(config);
      assert.deepEqual(credentials, []);
      assert.deepEqual(problems, [
        'the .dockerconfigjson of pull secret a is not of the form {"auths": {"REGISTRY": {...}}}',
      ]);
    });
  }

  it("says the legacy form of a legacy key", () => {
    assert.deepEqual(read("[", ".dockercfg").problems, [
      'the .dockercfg of pull secret a is not of the form {"REGISTRY": {...}}',
    ]);
  });

  it("takes an empty map for what it is", () => {
    assert.deepEqual(read({ auths: {} }), { credentials: [], problems: [] });
  });

  it("is not misled by the names of an object's own insides", () => {
    const { credentials } = read(
      '{"auths":{"__proto__":{"username":"me","password":"w"},"constructor":{"username":"a","password":"b"}}}',
    );
    assert.deepEqual(
      credentials.map(({ pattern }) => pattern.text),
      ["__proto__", "constructor"],
    );
  });

  it("never throws, and never quotes what it was given", () => {
    const text = fc.string({ unit: "binary" }).map((tail) => `QZ${tail}`);
    const auth = fc.oneof(
      text,
      fc.jsonValue(),
      fc.record({ auth: text, username: text, password: text }, { requiredKeys: [] }),
    );
    const config = fc.oneof(
      text,
      fc.json(),
      fc.dictionary(fc.oneof(text, fc.domain()), auth).map((auths) => JSON.stringify({ auths })),
    );
    fc.assert(
      fc.property(
        config,
        fc.constantFrom<DockerConfigKey>(".dockerconfigjson", ".dockercfg"),
        (given, key) => {
          for (const problem of read(given, key).problems) assert.doesNotMatch(problem, /QZ/);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("the words of a docker config's problems", () => {
  for (const name of ["my-token", "registry-auth", "pull-secret", "password", "authorization"]) {
    it(`are not taken for a secret where the pull secret is called ${name}`, () => {
      const badly = { auths: { "r.io": { auth: "QZ" }, "s.io": {}, "?": {}, "t.io": 1 } };
      const sentences = [badly, "QZ"].flatMap(
        (config) =>
          dockerConfigFrom(JSON.stringify(config), ".dockerconfigjson", `pull secret ${name}`).problems,
      );
      assert.equal(sentences.length, 5);
      for (const sentence of sentences) assert.equal(redact(sentence), sentence);
    });
  }
});
