import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { locationOf, matches, patternFrom } from "./registry-pattern.ts";

/** Whether the credential of this key is for this repository. */
const isFor = (key: string, repositoryName: string) => {
  const [pattern, location] = [patternFrom(key), locationOf(repositoryName)];
  return pattern !== undefined && location !== undefined && matches(pattern, location);
};

describe("patternFrom()", () => {
  const table: readonly (readonly [key: string, text: string])[] = [
    ["example.com", "example.com"],
    ["https://example.com", "example.com"],
    ["http://example.com/", "example.com"],
    ["https://example.com/v1/", "example.com"],
    ["https://example.com/v2/", "example.com"],
    ["example.com/v2/team", "example.com/team"],
    ["example.com/v2", "example.com/v2"],
    ["example.com/v3/", "example.com/v3/"],
    ["example.com:5000/team/app", "example.com:5000/team/app"],
    ["https://user:word@example.com/team?token=abc#x", "example.com/team"],
    ["https://index.docker.io/v1/", "docker.io"],
    ["index.docker.io", "docker.io"],
    ["docker.io", "docker.io"],
    ["*.example.com", "*.example.com"],
    ["[::1]:5000/x", "[::1]:5000/x"],
    // Sorted as it is written, which is before every path of the host.
    ["example.com:", "example.com:"],
    ["index.docker.io:443", "docker.io:443"],
    ["index.docker.io.example.com", "index.docker.io.example.com"],
    ["eu.index.docker.io", "eu.index.docker.io"],
    ["example.com/team/v1/app", "example.com/team/v1/app"],
    ["me@work@example.com", "example.com"],
    ["%6d%65:word@example.com", "example.com"],
    ["example.com/te%61m", "example.com/team"],
    ["example.com/%761/team", "example.com/team"],
    ["example.com/te%2561m", "example.com/te%61m"],
    ["example.com#%41", "example.com"],
    ["example.com?100%", "example.com"],
  ];
  for (const [key, text] of table) {
    it(`takes ${JSON.stringify(key)} for ${text}`, () => assert.equal(patternFrom(key)?.text, text));
  }

  for (const key of [
    "",
    "https://",
    "/team",
    "a b.com",
    "example.com:80a",
    "[::1",
    "?",
    "ex%61mple.com",
    "\u0000",
    // No URL, for which the kubelet leaves the entry out.
    "m e@example.com",
    "%4@example.com",
    "me@work@",
    "example.com?a\nb",
    "example.com?\u007f",
    "example.com#%4",
    "[::::]:5000",
    "[1]",
    "::1",
  ]) {
    it(`finds no host in ${JSON.stringify(key)}`, () => assert.equal(patternFrom(key), undefined));
  }

  it("never throws, and what it takes it takes again for the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (key) => {
        const text = patternFrom(key)?.text;
        if (text !== undefined && !/%|^[^/]*\/v[12]\//.test(text))
          assert.equal(patternFrom(text.replace(/[?#].*$/, ""))?.text, text);
      }),
    );
  });
});

describe("matches()", () => {
  const table: readonly (readonly [key: string, repositoryName: string, isFor: boolean])[] = [
    ["https://index.docker.io/v1/", "docker.io/library/nginx", true],
    ["docker.io", "docker.io/library/nginx", true],
    ["docker.io/library", "docker.io/library/nginx", true],
    ["docker.io/someone", "docker.io/library/nginx", false],
    ["registry-1.docker.io", "docker.io/library/nginx", false],
    // A part of a name is another name.
    ["cr.io", "ghcr.io/team/app", false],
    ["ghcr.io", "cr.io/team/app", false],
    ["ghcr.io", "ghcr.io.example.com/team/app", false],
    ["ghcr.io", "evil.ghcr.io/team/app", false],
    ["example.com", "example.com.evil/x", false],
    ["example.com", "examplexcom/x", false],
    ["example.com", "example.org/example.com/x", false],
    // A star is within one label.
    ["*.example.com", "a.example.com/x", true],
    ["*.example.com", "example.com/x", false],
    ["*.example.com", "a.b.example.com/x", false],
    ["*.*.example.com", "a.b.example.com/x", true],
    ["*", "localhost/x", true],
    ["*", "example.com/x", false],
    ["a*.example.com", "abc.example.com/x", true],
    ["a*c.example.com", "abc.example.com/x", true],
    ["a*c.example.com", "ac.example.com/x", true],
    ["a*c.example.com", "acb.example.com/x", false],
    ["ab*bc.example.com", "abc.example.com/x", false],
    ["*b*.example.com", "abc.example.com/x", true],
    ["*b*bc.example.com", "abc.example.com/x", false],
    ["*b*b*.example.com", "abc.example.com/x", false],
    ["*.dkr.ecr.*.amazonaws.com", "123.dkr.ecr.eu-west-1.amazonaws.com/x", true],
    ["*.dkr.ecr.*.amazonaws.com", "123.dkr.ecr.eu-west-1.amazonaws.com.evil/x", false],
    // No port is a port of its own.
    ["example.com:5000", "example.com:5000/x", true],
    ["example.com", "example.com:5000/x", false],
    ["example.com:5000", "example.com/x", false],
    ["*.example.com:5000", "a.example.com:5000/x", true],
    ["[::1]:5000", "[::1]:5000/x", true],
    ["[::1]", "[::1]/x", true],
    ["[::1]", "[::2]/x", false],
    ["[::1]", "[::1]:5000/x", false],
    ["[::1]:", "[::1]/x", false],
    // A star sees the brackets only where no port is.
    ["*1:5000", "[::1]:5000/x", true],
    ["*1", "[::1]/x", false],
    ["*", "[::1]/x", true],
    ["*", "[::::]/x", false],
    ["[::A]", "A/x", false],
    // The path is the beginning of a path, as the kubelet has it.
    ["example.com/team", "example.com/team/app", true],
    ["example.com/team", "example.com/team", true],
    ["example.com/team", "example.com/teams/app", true],
    ["example.com/team/", "example.com/teams/app", false],
    ["example.com/team", "example.com/other/team", false],
    ["example.com/*", "example.com/team", false],
    ["example.com/te%61m", "example.com/team/app", true],
    ["example.com/te%2561m", "example.com/team/app", false],
    ["example.com/team%3F", "example.com/team/app", false],
    // Only Docker Hub has Docker Hub's.
    ["https://index.docker.io/v1/", "localhost/x", false],
    ["Example.com", "example.com/x", false],
  ];
  for (const [key, repositoryName, expected] of table) {
    it(`${key} is ${expected ? "" : "not "}for ${repositoryName}`, () => {
      assert.equal(isFor(key, repositoryName), expected);
    });
  }

  const label = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/);
  const host = fc.array(label, { minLength: 1, maxLength: 5 });
  const path = fc.array(label, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

  it("is true of the same host for every path, with any scheme and version before and behind it", () => {
    fc.assert(
      fc.property(
        host,
        path,
        fc.constantFrom("", "http://", "https://"),
        fc.constantFrom("", "/", "/v1/", "/v2/"),
        (labels, name, scheme, version) => {
          assert.ok(isFor(`${scheme}${labels.join(".")}${version}`, `${labels.join(".")}/${name}`));
        },
      ),
    );
  });

  it("is false of every other host, also where one is a part of the other", () => {
    fc.assert(
      fc.property(host, host, path, (a, b, name) => {
        const [key, image] = [a.join("."), b.join(".")];
        fc.pre(key !== image);
        assert.ok(!isFor(key, `${image}/${name}`));
        assert.ok(!isFor(key, `${image}.${key}/${name}`) && !isFor(key, `${key}.${image}/${name}`));
        assert.ok(!isFor(key, `${image}-${key}/${name}`) && !isFor(key, `${image}/${key}/${name}`));
      }),
    );
  });

  it("is true of a host any of whose labels became stars, and of none with a label more or less", () => {
    fc.assert(
      fc.property(
        host,
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        path,
        (labels, isStar, name) => {
          const key = labels.map((each, index) => (isStar[index] ? "*" : each)).join(".");
          assert.ok(isFor(key, `${labels.join(".")}/${name}`));
          assert.ok(!isFor(key, `more.${labels.join(".")}/${name}`));
          assert.ok(!isFor(`*.${key}`, `${labels.join(".")}/${name}`));
        },
      ),
    );
  });

  it("takes a star as an expression would, in each label", () => {
    const piece = fc.stringMatching(/^[ab*]{0,6}$/);
    fc.assert(
      fc.property(piece, fc.stringMatching(/^[ab]{1,8}$/), (pattern, text) => {
        fc.pre(pattern !== "");
        const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text);
        assert.equal(isFor(`${pattern}.io`, `${text}.io/x`), expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it("never throws, whatever key and name are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (key, name) => {
        assert.equal(typeof isFor(key, name), "boolean");
      }),
    );
  });

  it("takes no time that grows out of hand with a hostile key", () => {
    const key = `${"a*".repeat(5_000)}b.io`;
    const began = process.cpuUsage();
    assert.ok(!isFor(key, `${"a".repeat(20_000)}.io/x`));
    const { user } = process.cpuUsage(began);
    assert.ok(user < 1_000_000, `${user} µs of CPU time`);
  });
});
