import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "../../root.ts";
import { imageCommand } from "./image-command.ts";

describe("imageCommand()", () => {
  it("is what follows Node.js in the ENTRYPOINT, with the files in the folder", () => {
    const text = 'FROM scratch\nENTRYPOINT ["/tini", "--", "/node", "--no-warnings", "/agent.mjs"]\n';
    assert.deepEqual(imageCommand(text, "/there"), { args: ["--no-warnings", "/there/agent.mjs"], env: {} });
  });

  it("sets what the image sets, paths among it in the folder", () => {
    const text = 'ENV A=1 B_C=/cache\n# ENV D=2\nENV E=x=y\nENTRYPOINT ["/node", "/a"]';
    assert.deepEqual(imageCommand(text, "/there").env, { A: "1", B_C: "/there/cache", E: "x=y" });
  });

  it("refuses an image that does not start Node.js", () => {
    assert.throws(() => imageCommand('ENTRYPOINT ["/agent"]', "/there"), /does not start \/node/);
    assert.throws(() => imageCommand("FROM scratch", "/there"), /does not start \/node/);
  });

  it("reads the agent's own Dockerfile", () => {
    const dockerfile = readFileSync(join(root, "agent/Dockerfile"), "utf8");
    const { args, env } = imageCommand(dockerfile, "/there");
    assert.match(args.at(-1) ?? "", /^\/there\/.+\.m?js$/);
    assert.equal(env.NODE_ENV, "production");
  });
});
