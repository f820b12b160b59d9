import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { platformFrom } from "./platform.ts";

describe("platformFrom()", () => {
  const platforms: readonly [os: string, architecture: string, platform: string][] = [
    ["linux", "x64", "linux/amd64"],
    ["linux", "ia32", "linux/386"],
    ["linux", "ppc64", "linux/ppc64le"],
    ["linux", "arm64", "linux/arm64"],
    ["linux", "s390x", "linux/s390x"],
    ["linux", "riscv64", "linux/riscv64"],
  ];
  for (const [os, architecture, platform] of platforms) {
    it(`calls Node.js' ${os} on ${architecture} ${platform}`, () => {
      assert.equal(platformFrom(os, architecture), platform);
    });
  }
});
