import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "./root.ts";

describe("runMain()", () => {
  const cases = [
    {
      file: "ci/image/main.ts",
      args: ["--platform", "linux/s390x"],
      says: 'no image for the platform "linux/s390x"',
    },
    {
      file: "ci/image/main.ts",
      args: ["--plattform"],
      says: "Unknown argument: plattform (--help explains)",
    },
    { file: "ci/check/main.ts", args: ["--fxi"], says: "Unknown option '--fxi'" },
    { file: "ci/test/main.ts", args: ["--onyl", "x"], says: "Unknown option '--onyl'" },
    { file: "ci/demo/main.ts", args: ["--nam"], says: "Unknown argument: nam (--help explains)" },
    { file: "ci/cluster/main.ts", args: ["dwon"], says: "Unknown argument: dwon (--help explains)" },
  ];
  for (const { file, args, says } of cases) {
    it(`makes of \`${file} ${args.join(" ")}\` one line and the exit code 1`, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, file), ...args], {
        encoding: "utf8",
      });
      assert.equal(status, 1);
      assert.equal(stdout, "");
      assert.match(stderr, /^error: .*\n$/);
      assert.ok(stderr.includes(says), stderr);
    });
  }

  it("shows where a mistake in the code was made", () => {
    const script = `import { runMain } from "${join(root, "ci/run-main.ts")}"; await runMain(async () => undefined.x);`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    assert.equal(status, 1);
    assert.match(stderr, /^error: TypeError: .*\n +at /);
  });
});
