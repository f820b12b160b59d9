import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { configOf } from "../testing/plugin-folder.ts";
import { providerConfigFrom } from "./provider-config.ts";

const read = (text: string) => providerConfigFrom(text, "config F");
const problemsOf = (...providers: readonly object[]) => read(configOf(...providers)).problems;

describe("providerConfigFrom()", () => {
  it("reads all that a provider has, as YAML", () => {
    const { providers, problems } = read(`---
# as the kubelet has it
apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: ecr-credential-provider
    matchImages: ["*.dkr.ecr.*.amazonaws.com", 'example.com:5000/team']
    defaultCacheDuration: "12h"
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    args: [get-credentials]
    env:
      - name: AWS_PROFILE
        value: first
      - {name: EMPTY}
      - {name: AWS_PROFILE, value: last}
`);
    assert.deepEqual(problems, []);
    const [{ matchImages, ...provider } = { matchImages: [] }] = providers;
    assert.deepEqual(provider, {
      name: "ecr-credential-provider",
      defaultCacheDurationMs: 43_200_000,
      args: ["get-credentials"],
      env: { AWS_PROFILE: "last", EMPTY: "" },
    });
    const texts = matchImages.map(({ text }) => text);
    assert.deepEqual(texts, ["*.dkr.ecr.*.amazonaws.com", "example.com:5000/team"]);
  });

  it("reads JSON, and has no arguments and no environment where none are given", () => {
    const [provider] = read(configOf({ args: null, tokenAttributes: null })).providers;
    assert.deepEqual([provider?.args, provider?.env], [[], {}]);
  });

  const wrong: readonly [fields: object, problem: RegExp][] = [
    [{ name: undefined }, /\.name is not the name of a file/],
    [{ name: "" }, /\.name/],
    [{ name: 7 }, /\.name/],
    [{ name: "." }, /\.name/],
    [{ name: ".." }, /\.name/],
    [{ name: "hidden/plugin" }, /\.name/],
    [{ name: "hidden plugin" }, /\.name/],
    [{ name: "hidden\u0000" }, /\.name/],
    [{ matchImages: undefined }, /\.matchImages is no list of at least one pattern/],
    [{ matchImages: [] }, /\.matchImages is no list/],
    [{ matchImages: "hidden.example.com" }, /\.matchImages is no list/],
    [{ matchImages: ["example.com", "hid den"] }, /\.matchImages\[1\] names no registry/],
    [{ matchImages: [7] }, /\.matchImages\[0\] names no registry/],
    [{ defaultCacheDuration: undefined }, /\.defaultCacheDuration is no duration from 0s up/],
    [{ defaultCacheDuration: "-1s" }, /\.defaultCacheDuration/],
    [{ defaultCacheDuration: 0 }, /\.defaultCacheDuration/],
    [{ defaultCacheDuration: "hidden" }, /\.defaultCacheDuration/],
    [{ apiVersion: undefined }, /\.apiVersion is not credentialprovider\.kubelet\.k8s\.io\/v1/],
    [{ apiVersion: "credentialprovider.kubelet.k8s.io/v1beta1" }, /\.apiVersion/],
    [{ args: "hidden" }, /\.args is no list of texts/],
    [{ args: ["a", 7] }, /\.args/],
    [{ args: ["hidden\u0000"] }, /\.args/],
    [{ env: { HIDDEN: "x" } }, /\.env is no list/],
    [{ env: [null] }, /\.env\[0\] is no name with a value/],
    [
      {
        env: [
          { name: "A", value: "x" },
          { name: "B", value: 7 },
        ],
      },
      /\.env\[1\] is no name/,
    ],
    [{ env: [{ value: "hidden" }] }, /\.env\[0\]/],
    [{ env: [{ name: "", value: "hidden" }] }, /\.env\[0\]/],
    [{ env: [{ name: "HIDDEN=1", value: "" }] }, /\.env\[0\]/],
    [{ env: [{ name: "A", value: "hidden\u0000" }] }, /\.env\[0\]/],
    [
      { tokenAttributes: {} },
      /\.tokenAttributes asks for the token of a pod's service account, .* pull secret/,
    ],
    [{ tokenAttributes: { requireServiceAccount: false } }, /\.tokenAttributes/],
  ];
  for (const [fields, problem] of wrong) {
    it(`leaves out a provider, and no other, with ${JSON.stringify(fields) || "no field"}`, () => {
      const { providers, problems } = read(configOf({ name: "good" }, fields));
      assert.deepEqual(
        providers.map(({ name }) => name),
        ["good"],
      );
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", problem);
      assert.match(problems[0] ?? "", /^config F: providers\[1\]\./);
      assert.doesNotMatch(problems.join(), /hid ?den/i);
    });
  }

  it("leaves out what is no object, and a name that is taken, be it by one that is left out", () => {
    const problems = problemsOf({ name: "a", args: 7 }, { name: "a" }, { name: "b" }, { name: "b" });
    assert.deepEqual(problems, [
      "config F: providers[0].args is no list of texts",
      "config F: providers[1].name is that of providers[0] too",
      "config F: providers[3].name is that of providers[2] too",
    ]);
    const text = configOf().replace("[]", '["hidden"]');
    assert.deepEqual(read(text).problems, ["config F: providers[0] is no object"]);
  });

  const unusable: readonly [text: string, problem: string][] = [
    ["", "config F is neither YAML nor JSON"],
    ["hidden", "config F holds no object"],
    ["- hidden", "config F holds no object"],
    ["kind: x\nhidden: [1", "config F is neither YAML nor JSON (line 2)"],
    ["hidden: 1\nhidden: 2", "config F is neither YAML nor JSON (line 2)"],
    ["a: !hidden b", "config F is neither YAML nor JSON (line 1)"],
    [`${configOf({})}\n---\n${configOf({})}`, "config F is neither YAML nor JSON"],
    [
      configOf({}).replace("config.k8s.io/v1", "config.k8s.io/v1alpha1"),
      "config F: its apiVersion is not kubelet.config.k8s.io/v1",
    ],
    [
      configOf({}).replace("CredentialProviderConfig", "hidden"),
      "config F: its kind is not CredentialProviderConfig",
    ],
    [configOf(), "config F: its providers are no list of at least one"],
    [configOf().replace("[]", '"hidden"'), "config F: its providers are no list of at least one"],
  ];
  for (const [text, problem] of unusable) {
    it(`says of ${JSON.stringify(text.slice(0, 24))} that ${problem}`, () => {
      assert.deepEqual(read(text), { providers: [], problems: [problem] });
    });
  }

  it("takes any value in any field for a provider or for a problem, and quotes none", () => {
    const marked = fc.string().map((text) => `QZ${text}`);
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.array(marked), fc.object({ key: marked }));
    const fields = [
      "name",
      "matchImages",
      "defaultCacheDuration",
      "apiVersion",
      "args",
      "env",
      "tokenAttributes",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...fields), value, marked, (field, any, text) => {
        for (const content of [any, text, [text], [{ name: text, value: any }]]) {
          const { providers, problems } = read(configOf({ [field]: content }));
          assert.equal(providers.length + problems.length, 1);
          assert.ok(!problems.join().includes("QZ"));
        }
      }),
    );
  });

  it("takes any text, and quotes none of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { providers, problems } = read(`QZ${text}`);
        assert.deepEqual([providers.length, problems.length], [0, 1]);
        assert.ok(!problems.join().includes("QZ"));
      }),
    );
  });

  it("ends for anchors that hold themselves, and for many that hold one another", () => {
    const loop = read(
      `&a {apiVersion: kubelet.config.k8s.io/v1, kind: CredentialProviderConfig, providers: &b [*b]}`,
    );
    assert.deepEqual(loop.problems, ["config F: providers[0] is no object"]);
    const levels = Array.from(
      { length: 30 },
      (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`,
    );
    const bomb = read(`apiVersion: kubelet.config.k8s.io/v1\na0: &a0 x\n${levels.join("\n")}\nkind: *a30`);
    assert.deepEqual(bomb.problems, ["config F: its kind is not CredentialProviderConfig"]);
  });
});
