import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { credentialOf } from "../testing/fake-source.ts";
import { credentialsMatching, inKubeletsOrder, type KeyedCredential } from "./keyed-credentials.ts";
import { patternFrom } from "./registry-pattern.ts";

/** One credential for each key; its origin is the key and, behind `#`, what tells two of one key apart. */
const keyed = (...keys: readonly string[]): readonly KeyedCredential[] =>
  keys.map((key) => {
    const pattern = patternFrom(key.replace(/#.*/, ""));
    assert.ok(pattern !== undefined);
    return { pattern, credential: credentialOf(key) };
  });
const tried = (repositoryName: string, ...keys: readonly string[]) =>
  credentialsMatching(inKubeletsOrder(keyed(...keys)), repositoryName).map(({ origin }) => origin);

describe("the credentials for a repository", () => {
  it("come with the longest path first, wherever they stand", () => {
    const keys = ["r.io", "r.io/team/app", "r.io/team", "r.io/other"];
    assert.deepEqual(tried("r.io/team/app/x", ...keys), ["r.io/team/app", "r.io/team", "r.io"]);
  });

  it("come with a host's own name before one with a star", () => {
    assert.deepEqual(tried("a.r.io/x", "*.r.io", "a.r.io", "*.*.io"), ["a.r.io", "*.r.io", "*.*.io"]);
  });

  it("come in the order given where they have the same key", () => {
    assert.deepEqual(tried("r.io/x", "r.io#1", "r.io#2", "r.io#3"), ["r.io#1", "r.io#2", "r.io#3"]);
    assert.deepEqual(tried("r.io/x", "r.io#2", "r.io#1"), ["r.io#2", "r.io#1"]);
  });

  it("have the same key under Docker Hub's two names", () => {
    const keys = ["https://index.docker.io/v1/", "docker.io", "docker.io/library"];
    assert.deepEqual(tried("docker.io/library/nginx", ...keys), [keys[2], keys[0], keys[1]]);
  });

  it("are none where none matches", () => {
    assert.deepEqual(tried("r.io/x", "s.io", "r.io:5000", "r.io/y"), []);
  });

  it("are all that match, each once, whatever the order given", () => {
    const key = fc.constantFrom("r.io", "r.io/a", "r.io/a/b", "*.io", "s.io", "r.io:5000", "r.io/c");
    fc.assert(
      fc.property(fc.uniqueArray(key), (keys) => {
        const expected = ["r.io/a/b", "r.io/a", "r.io", "*.io"].filter((each) =>
          keys.some((one) => one === each),
        );
        assert.deepEqual(tried("r.io/a/b/c", ...keys), expected);
      }),
    );
  });

  // A bar of the project's, printed and not asserted: how fast a machine is proves nothing.
  it("are found among 200 entries for 200 images", (context) => {
    const credentials = inKubeletsOrder(
      keyed(...Array.from({ length: 200 }, (_, index) => `*.r${index}.io`)),
    );
    const began = performance.now();
    for (let index = 0; index < 200; index += 1)
      assert.equal(credentialsMatching(credentials, `x.r${index}.io/team/app`).length, 1);
    context.diagnostic(`${(performance.now() - began).toFixed(1)} ms for all of them`);
  });
});
