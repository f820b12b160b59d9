import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { credentialOf } from "./testing/fake-source.ts";
import { createPullWorld, type PullWorld } from "./testing/pull-world.ts";

const never = new AbortController().signal;
const pull = (world: PullWorld) => world.clock.finish(world.pull("r.io/a", never));

/** What is said of a pull with this credential that fails in these words. */
async function said(parts: Parameters<typeof credentialOf>[1], words: string): Promise<string> {
  const credential = credentialOf("mine", parts);
  const source = {
    isInstant: true,
    credentialsFor: async () => ({ credentials: [credential], problems: [] }),
  };
  const world = createPullWorld(["r.io/a"], { keyring: [source] });
  world.imageService.alwaysOnPull("r.io/a", failedWith("unauthorized", words));
  const result = await pull(world);
  assert.ok(result.kind === "failed");
  const [line] = world.log.fieldsOf("credential refused");
  assert.equal(result.failure.message, `${line?.error}; tried with mine`);
  return String(line?.error);
}

describe("an attempt with a credential", () => {
  const password = `c0rrect "horse"\\ /&+battery'`;
  const basic = Buffer.from(`me:${password}`).toString("base64");
  const spellings: readonly (readonly [how: string, text: string])[] = [
    ["as it is", password],
    ["as the login", basic],
    ["as the login in a URL", encodeURIComponent(basic)],
    ["in JSON", JSON.stringify(password).slice(1, -1)],
    ["in a URL", encodeURIComponent(password)],
    ["in a form", new URLSearchParams({ p: password }).toString().slice(2)],
  ];
  for (const [how, text] of spellings) {
    it(`never quotes the password ${how}`, async () => {
      assert.equal(
        await said({ password }, `before ${text} after ${text}`),
        "before [redacted] after [redacted]",
      );
    });
  }

  it("never quotes an identity token, nor the rest of one that begins as the password does", async () => {
    const secrets = { password: "secret", identityToken: "secret-and-more" };
    assert.equal(await said(secrets, "x secret-and-more y secret z"), "x [redacted] y [redacted] z");
  });

  it("leaves the words as they are where the password is a few characters", async () => {
    assert.equal(await said({ password: "abc" }, "abc is denied"), "abc is denied");
    assert.equal(await said({ password: "abcd" }, "abcd is denied"), "[redacted] is denied");
  });

  it("does not stumble over half a character", async () => {
    assert.equal(await said({ password: "abc\ud800def" }, "denied"), "denied");
  });
});
