import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostsToml, isHostPort } from "./hosts-toml.ts";

describe("hostsToml()", () => {
  it("names the plain-http registry as host and as server, so that nothing asks the real one", () => {
    const expected =
      'server = "http://10.101.0.1:5000"\n\n' +
      '[host."http://10.101.0.1:5000"]\n  capabilities = ["pull", "resolve"]\n';
    assert.equal(hostsToml("10.101.0.1:5000"), expected);
  });
});

describe("isHostPort()", () => {
  it("takes names and IPv4 addresses with a port", () => {
    for (const text of ["10.101.0.1:5000", "registry.local:80", "localhost:65535"])
      assert.ok(isHostPort(text), text);
  });

  it("refuses what could not be a folder of hosts.toml or has no usable port", () => {
    for (const text of ["", "host", "host:0", "host:65536", "http://h:1", "../x:1", "a b:1", "h:1/x", ":1"]) {
      assert.ok(!isHostPort(text), text);
    }
  });
});
