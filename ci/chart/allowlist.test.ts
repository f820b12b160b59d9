import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { parseImageReference } from "../../agent/image-reference.ts";
import { notes, runTool } from "./helm.ts";

const hex = "0123456789abcdef".repeat(4);

// Each beside the name that the kubelet compares with its allowlist.
const table: readonly (readonly [string, string])[] = [
  ["nginx", "docker.io/library/nginx"],
  ["nginx:1.29", "docker.io/library/nginx"],
  [`nginx@sha256:${hex}`, "docker.io/library/nginx"],
  [`nginx:1.29@sha256:${hex}`, "docker.io/library/nginx"],
  ["user/x", "docker.io/user/x"],
  ["user/x/y:1", "docker.io/user/x/y"],
  ["library/nginx", "docker.io/library/nginx"],
  ["docker.io/nginx", "docker.io/library/nginx"],
  ["docker.io/user/x:1", "docker.io/user/x"],
  ["index.docker.io/nginx:1", "docker.io/library/nginx"],
  ["index.docker.io/user/x", "docker.io/user/x"],
  ["registry-1.docker.io/x", "registry-1.docker.io/x"],
  ["docker.io:443/x", "docker.io:443/x"],
  ["localhost/x", "localhost/x"],
  ["localhost:5000/x:1", "localhost:5000/x"],
  ["localhost:5000", "docker.io/library/localhost"],
  ["host/x", "docker.io/host/x"],
  ["Host/x", "Host/x"],
  [`host:5000/x@sha256:${hex}`, "host:5000/x"],
  [`host:5000/x:1@sha384:${hex}${hex.slice(32)}`, "host:5000/x"],
  [`host:5000/x:1@sha512:${hex}${hex}`, "host:5000/x"],
  ["host.example.com/a/b__c/d-e.f:v1", "host.example.com/a/b__c/d-e.f"],
  ["10.0.0.1:5000/x", "10.0.0.1:5000/x"],
  ["[::1]:5000/x:1", "[::1]:5000/x"],
  ["[fe80::1]/x", "[fe80::1]/x"],
  [`registry.example.com/${hex}`, `registry.example.com/${hex}`],
  [`${hex}:1`, `docker.io/library/${hex}`],
  [`a/${"b".repeat(243)}`, `docker.io/a/${"b".repeat(243)}`],
  [`h.io/x:${"t".repeat(128)}`, "h.io/x"],
];

const noReferences = [
  "Nginx",
  "host.example.com/Nginx",
  "https://host.example.com/x",
  "host.example.com/x:",
  "host.example.com/x@",
  "host.example.com/x:1:2",
  "host.example.com//x",
  "host.example.com/x/",
  "/x",
  "x/../y",
  "host.example.com/*",
  "host.example.com/a___b",
  "-x",
  "x:-1",
  "host.example.com:port/x",
  "-host.example.com/x",
  "user:password@host.example.com/x",
  "é",
  "$(NODE_NAME)",
  "x\u00a0y",
  "'x'",
  '"x"',
  "{{.Values}}",
  "x@y",
  `x@sha256:${hex}0`,
  `x@sha256:${hex.toUpperCase()}`,
  `x@md5:${hex.slice(32)}`,
  `x@sha512:${hex}`,
  `x@sha256:${hex}:1`,
  hex,
  `sha256:${hex}`,
  `a/${"b".repeat(244)}`,
  `h.io/x:${"t".repeat(129)}`,
];

describe("the allowlist that the notes print", () => {
  it("has the name that the kubelet knows an image by, whatever the list calls it", () => {
    for (const [reference, name] of table) {
      assert.equal(agentsName(reference), name, reference);
      assert.deepEqual(allowlist([reference]), [name], reference);
    }
  });

  it("has no name for what is no reference, with which the kubelet would not start", () => {
    for (const text of noReferences) assert.equal(agentsName(text), undefined, text);
    assert.deepEqual(allowlist(noReferences), []);
  });

  it("has each name once, sorted, entries with options among them", () => {
    const references = [...table.map(([reference]) => reference), ...noReferences];
    const images = references.flatMap((ref) => [
      { ref, required: false },
      { ref, platforms: ["linux/amd64"] },
    ]);
    const names = table.map(([, name]) => name);
    assert.deepEqual(allowlist([...images, ...references]), [...new Set(names)].sort());
  });

  it("is told for a list in a ConfigMap by a command that prints the same names", () => {
    const existingList = { configMap: "images-7", key: "images.v1.txt", revision: "1-0123456789ab" };
    const text = notes({ values: { pull: { secrets: ["team-a"] }, existingList } });
    const [, read, pipeline = ""] = /^ {2}(kubectl [^|]*) \| (LC_ALL=C sed .*)$/m.exec(text) ?? [];
    assert.equal(
      read,
      String.raw`kubectl get configmap -n platform images-7 -o jsonpath='{.data.images\.v1\.txt}'`,
    );
    const lines = table.map(([reference]) => reference);
    const list = [
      "# a list",
      "",
      ` \t${lines[0]} required=false # a comment\r`,
      "  ",
      " # indented",
      ...lines,
    ].join("\n");
    const { stdout } = runTool("sh", ["-c", pipeline], list);
    assert.deepEqual(stdout.trimEnd().split("\n"), [...new Set(table.map(([, name]) => name))].sort());
  });
});

function agentsName(text: string): string | undefined {
  const parsed = parseImageReference(text);
  if (parsed.kind === "invalid") return undefined;
  return `${parsed.reference.registry}/${parsed.reference.repository}`;
}

/** What the kubelet would read of the notes for these images. */
function allowlist(images: readonly unknown[]): unknown {
  const text = notes({ values: { images, pull: { secrets: ["team-a"] } } });
  const configuration = parse(
    /^ {2}imagePullCredentialsVerificationPolicy: (?:.*\n)*/m.exec(text)?.[0] ?? "",
  );
  assert.equal(configuration.imagePullCredentialsVerificationPolicy, "NeverVerifyAllowlistedImages");
  return configuration.preloadedImagesVerificationAllowlist;
}
