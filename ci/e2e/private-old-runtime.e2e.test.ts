import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { waitUntil } from "../cluster/wait-until.ts";
import { behindPassword, behindToken } from "../runtimes/private-repository.ts";
import { runtimes } from "../runtimes/runtimes.ts";
import { proveFault } from "./support/fault-table.ts";
import { type AgentEnd, openPrivateRuntime, type PrivateRuntime } from "./support/private-runtime.ts";

const password = "right-password-of-alice";
const wrongPassword = "wrong-password-of-alice";
const identityToken = "identity-token-of-alice";
const members = { passwords: { alice: password }, identityTokens: [identityToken] };

const loginOf = (user: string, secret: string) => ({
  auth: Buffer.from(`${user}:${secret}`).toString("base64"),
});
const right = loginOf("alice", password);
const wrong = loginOf("alice", wrongPassword);
const wrongToo = loginOf("bob", wrongPassword);
// Docker keeps this name in the place of the user's.
const byIdentity = { ...loginOf("<token>", ""), identitytoken: identityToken };

const passwordNames = ["right", "wrong-right", "right-wrong", "all-wrong", "no-secret", "rotated"];
const withPassword = passwordNames.map((name) => [name, behindPassword(name, members)] as const);
const withToken = ["token", "token-wrong", "identity"].map(
  (name) => [name, behindToken(name, members)] as const,
);
const repositories = Object.fromEntries([...withPassword, ...withToken]);
const secrets = [
  ...[password, wrongPassword].map((secret) => ({ user: "alice", secret })),
  { user: "bob", secret: wrongPassword },
  ...[identityToken, ...withToken.map(([, { token }]) => token)].map((secret) => ({ secret })),
];

// containerd asks without a credential first, for the manifest's head and once more for the manifest itself.
const pulledAsAlice =
  "HEAD manifest: nobody, HEAD manifest: password of alice, GET manifest: nobody, GET manifest: password of alice, " +
  "GET config: password of alice, GET layer: password of alice";
const pulledByTokenFor = (login: string) =>
  `HEAD manifest: nobody, POST token: ${login}, HEAD manifest: a token, GET manifest: nobody, POST token: ${login}, ` +
  "GET manifest: a token, GET config: a token, GET layer: a token";
// A password that was refused is sent again and again within one pull: 9 times by 2.4, 11 times by 1.6.
const refusedFor = (user: string) => `HEAD manifest: nobody, \\d+ x HEAD manifest: password of ${user}`;

for (const { name: runtimeName, ensure } of runtimes) {
  describe(`the agent as a process with pull secrets on ${runtimeName}`, () => {
    let runtime: PrivateRuntime;
    before(async () => {
      runtime = await openPrivateRuntime(await ensure(() => {}), repositories, secrets);
    });
    after(() => runtime?.[Symbol.asyncDispose]());

    function assertPulled(end: AgentEnd, refused: readonly string[] = []): void {
      assert.deepEqual([end.exitCode, end.label, end.isThere], [0, "succeeded", true], end.error);
      assert.deepEqual(
        end.refused,
        refused.map((name) => runtime.originOf(name)),
      );
      assert.deepEqual(end.leaks, []);
    }
    function assertRefused(end: AgentEnd, refused: readonly string[]): void {
      assert.deepEqual([end.exitCode, end.label, end.isThere], [1, "failed", false], end.error);
      const origins = refused.map((name) => runtime.originOf(name));
      // Each round of an entry has two tries where it was refused.
      assert.deepEqual(end.refused, [...origins, ...origins]);
      if (origins.length > 0) assert.ok(end.error.endsWith(`; tried with ${origins.join("; ")}`), end.error);
      assert.deepEqual(end.leaks, []);
    }

    it("pulls with the one secret that is right", async () => {
      const end = await runtime.prefetch("right", [await runtime.writeSecret("right", right)]);
      assertPulled(end);
      assert.equal(end.asked, pulledAsAlice);
    });

    it("asks without a credential where there is no secret, and says so", async () => {
      const end = await runtime.prefetch("no-secret", []);
      assertRefused(end, []);
      assert.match(end.error, /; tried without a credential, as no pull secret is set \(pull\.secrets\)$/);
      assert.match(end.asked, /^\d+ x HEAD manifest: nobody$/);
    });

    it("goes on to the right secret where the first is wrong", () => {
      const fault = `a wrong secret, then a right one (${runtimeName})`;
      return proveFault({ row: 11, fault, expected: "pulled with the second" }, async () => {
        const folders = [
          await runtime.writeSecret("wrong", wrong),
          await runtime.writeSecret("right", right),
        ];
        const end = await runtime.prefetch("wrong-right", folders);
        assertPulled(end, ["wrong"]);
        assert.match(end.asked, new RegExp(`^${refusedFor("alice")}, ${pulledAsAlice}$`));
        return `one refusal, then pulled: ${end.asked}`;
      });
    });

    it("never sends a wrong secret that stands behind the right one", () => {
      const fault = `a right secret, then a wrong one (${runtimeName})`;
      return proveFault({ row: 11, fault, expected: "the wrong one is not sent" }, async () => {
        const folders = [
          await runtime.writeSecret("right", right),
          await runtime.writeSecret("wrong", wrongToo),
        ];
        const end = await runtime.prefetch("right-wrong", folders);
        assertPulled(end);
        assert.equal(end.asked, pulledAsAlice);
        return `no refusal: ${end.asked}`;
      });
    });

    it("ends with unauthorized where all are wrong, after each was tried twice", () => {
      const fault = `two secrets, both wrong (${runtimeName})`;
      return proveFault({ row: 12, fault, expected: "unauthorized after two tries each" }, async () => {
        const folders = [
          await runtime.writeSecret("wrong", wrong),
          await runtime.writeSecret("wrong-too", wrongToo),
        ];
        const end = await runtime.prefetch("all-wrong", folders);
        assertRefused(end, ["wrong", "wrong-too"]);
        const once = `${refusedFor("alice")}, ${refusedFor("bob")}`;
        assert.match(end.asked, new RegExp(`^${once}, ${once}$`));
        return end.asked;
      });
    });

    it("takes a secret that was rotated between two tries", async () => {
      const folder = await runtime.writeSecret("rotated", wrong);
      const wasRefused = () =>
        runtime.lab.registry.asks.some(
          ({ repository, hasCredential }) => repository === "rotated" && hasCredential,
        );
      const end = await runtime.prefetch("rotated", [folder], async () => {
        await waitUntil("the wrong password was sent", 10_000, wasRefused, 5);
        await runtime.writeSecret("rotated", right);
      });
      assertPulled(end, ["rotated"]);
    });

    it("gets a token for user name and password where the registry wants one", async () => {
      const end = await runtime.prefetch("token", [await runtime.writeSecret("right", right)]);
      assertPulled(end);
      assert.equal(end.asked, pulledByTokenFor("password of alice"));
    });

    it("gets no token for a wrong password", async () => {
      const end = await runtime.prefetch("token-wrong", [await runtime.writeSecret("wrong", wrong)]);
      assertRefused(end, ["wrong"]);
      assert.doesNotMatch(end.asked, /a token/);
    });

    it("gets a token for an identity token, and does not log in with the name that Docker keeps beside it", async () => {
      const end = await runtime.prefetch("identity", [await runtime.writeSecret("identity", byIdentity)]);
      assertPulled(end);
      assert.equal(end.asked, pulledByTokenFor("an identity token"));
    });
  });
}
