import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type FaultRow, proveFault } from "./support/fault-table.ts";
import { isOnNode } from "./support/node-images.ts";
import { openPrivateRegistry, type PrivateRegistry } from "./support/private-registry.ts";
import {
  dockerConfig,
  letInBy,
  loginOf,
  openPrivateScene,
  type PrivateEnd,
  type PrivateScene,
  randomSecret,
  refusedBy,
} from "./support/private-scene.ts";

const password = randomSecret();
const wrongPassword = randomSecret();
const identityToken = randomSecret();
const users = { alice: password };
// How many images the chart pulls at once.
const slots = 4;
const imagesOfEach = 8;

describe("private images of a registry with htpasswd and of one with tokens", () => {
  let scene: PrivateScene;
  let withPassword: PrivateRegistry;
  let withToken: PrivateRegistry;
  before(async () => {
    scene = await openPrivateScene("private-images", [
      { user: "alice", secret: password },
      { user: "mallory", secret: wrongPassword },
      { user: "trudy", secret: wrongPassword },
      { secret: identityToken },
    ]);
    withPassword = await openPrivateRegistry({ auth: "htpasswd", users });
    const identityTokens = { [identityToken]: "carol" };
    withToken = await openPrivateRegistry({ auth: "token", users, identityTokens });
    const both = (user: string, secret: string) =>
      dockerConfig(Object.fromEntries(registries().map(({ address }) => [address, loginOf(user, secret)])));
    await scene.secret("right", both("alice", password));
    await scene.secret("wrong", both("mallory", wrongPassword));
    await scene.secret("wrong-too", both("trudy", wrongPassword));
  });
  after(async () => {
    await withToken?.[Symbol.asyncDispose]();
    await withPassword?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const registries = () => [withPassword, withToken];
  const imagesAt = async ({ address }: PrivateRegistry, name: string, count = 1) =>
    (await scene.push(name, count)).map((repository) => `${address}/${repository}:1`);
  const pullCalls = ({ address }: PrivateRegistry) =>
    scene.faults.proxy.callsOf({ method: "PullImage", registry: address }).length;
  const forget = () => {
    for (const { clear } of [...registries(), scene.faults.proxy]) clear();
  };

  let alone: PrivateEnd;
  const pulledWith = async (name: string, secrets: readonly string[]) => {
    const images = await Promise.all(registries().map((registry) => imagesAt(registry, name, imagesOfEach)));
    forget();
    const end = await scene.prefetch(name, images.flat(), secrets);
    assert.deepEqual([end.label, end.failures], ["succeeded", []]);
    for (const registry of registries()) assert.deepEqual(letInBy(registry), ["alice"]);
    return end;
  };

  it("are pulled with the one secret that is right", async () => {
    alone = await pulledWith("alone", ["right"]);
    assert.deepEqual(alone.refused, []);
    for (const registry of registries()) {
      assert.deepEqual(refusedBy(registry), []);
      assert.equal(pullCalls(registry), imagesOfEach);
    }
  });

  const orders = [
    { name: "wrong-right", secrets: ["wrong", "right"], most: slots },
    { name: "right-wrong", secrets: ["right", "wrong"], most: 0 },
  ];
  for (const { name, secrets, most } of orders) {
    it(`row 11, are pulled with two secrets, ${secrets.join(" and ")}, in this order`, () => {
      const row: FaultRow = {
        row: 11,
        fault: `one of two secrets is wrong: ${secrets.join(", ")}`,
        expected: `succeeded; at most ${most} attempts a registry with the wrong one; at most 2 s slower`,
      };
      return proveFault(row, async () => {
        const refused: number[] = [];
        let fastestSeconds = Number.POSITIVE_INFINITY;
        const slowerSeconds = () => fastestSeconds - alone.roundSeconds;
        // On a machine that is busy with something else the fastest of three says what the credentials cost.
        for (let run = 1; run <= 3 && slowerSeconds() > 2; run++) {
          const end = await pulledWith(`${name}-${run}`, secrets);
          fastestSeconds = Math.min(fastestSeconds, end.roundSeconds);
          refused.push(...registries().map((registry) => wrongAttempts(registry, end)));
          const isBounded = refused.every((count) => count <= most && count >= Math.min(most, 1));
          assert.ok(isBounded, `${refused.join(" and ")} attempts with the wrong one`);
        }
        assert.ok(slowerSeconds() <= 2, `${slowerSeconds()} s slower`);
        const times = `${fastestSeconds.toFixed(2)} s, alone ${alone.roundSeconds.toFixed(2)} s`;
        return `${refused.join(" and ")} refused; 2 x ${imagesOfEach} images in ${times}`;
      });
    });
  }

  /** How often the wrong credential was tried at the registry, as the log, the runtime and the registry say alike. */
  const wrongAttempts = (registry: PrivateRegistry, { refused }: PrivateEnd) => {
    const count = refused.filter((origin) => origin === `${registry.address} of pull secret wrong`).length;
    assert.equal(pullCalls(registry), imagesOfEach + count);
    assert.equal(refusedBy(registry).length > 0, count > 0);
    return count;
  };

  it("row 12, fail as unauthorized with secrets that are all wrong, after a few tries", () => {
    const row: FaultRow = {
      row: 12,
      fault: "both of two secrets are wrong",
      expected: "unauthorized after 2 tries, each with either; the failure names both secrets",
    };
    return proveFault(row, async () => {
      const images = (await Promise.all(registries().map((registry) => imagesAt(registry, "none")))).flat();
      forget();
      const end = await scene.prefetch("none", images, ["wrong", "wrong-too"]);
      assert.equal(end.label, "failed");
      assert.deepEqual(end.failures, images.map((image) => `${image} unauthorized`).sort());
      for (const [index, registry] of registries().entries()) {
        const origins = ["wrong", "wrong-too"].map((name) => `${registry.address} of pull secret ${name}`);
        const { attempts, error = "" } =
          end.log.find(({ msg, image }) => msg === "image failed" && image === images[index]) ?? {};
        assert.equal(attempts, 4);
        assert.ok(error.endsWith(`; tried with ${origins.join("; ")}`), error);
        assert.equal(pullCalls(registry), 4);
        assert.deepEqual(letInBy(registry), []);
      }
      const [basic, token] = registries().map((registry) => refusedBy(registry).length);
      return `4 PullImage calls an image, in which containerd came ${basic} times by password, ${token} times for a token`;
    });
  });

  it("are pulled with an identity token, which the token server exchanges", async () => {
    await scene.secret("identity", dockerConfig({ [withToken.address]: { identitytoken: identityToken } }));
    const images = await imagesAt(withToken, "identity");
    forget();
    const end = await scene.prefetch("identity", images, ["identity"]);
    assert.equal(end.label, "succeeded");
    assert.deepEqual(letInBy(withToken), ["carol"]);
    assert.deepEqual([...new Set(withToken.tokenRequests.map(({ grant }) => grant))], ["refresh_token"]);
  });

  it("row 14, with secrets that are malformed, missing or of the old type: said, and the rest is pulled", () => {
    const row: FaultRow = {
      row: 14,
      fault: "a malformed secret, one that holds no login, a missing optional one, and a .dockercfg",
      expected: "sentences with secret and key; what the good secret and nobody's are for is pulled",
    };
    return proveFault(row, async () => {
      await scene.secret("malformed", `{"auths": {"${password}`, "opaque");
      await scene.secret("no-login", dockerConfig({ [withToken.address]: { auth: password } }));
      const legacy = { [withPassword.address]: loginOf("alice", password) };
      await scene.secret("legacy", JSON.stringify(legacy), "dockercfg");
      const [pulled = ""] = await imagesAt(withPassword, "legacy");
      const [refused = ""] = await imagesAt(withToken, "legacy");
      const open = await scene.faults.push("open");
      const secrets = ["malformed", "no-login", { name: "not-there", optional: true }, "legacy"];
      const end = await scene.prefetch("malformed", [pulled, refused, open.atOther], secrets);
      assert.deepEqual(end.failures, [`${refused} unauthorized`]);
      for (const image of [pulled, open.atOther])
        assert.equal(await isOnNode(scene.faults.node, image), true);
      const [malformed = "", ...others] = end.problems;
      assert.match(
        malformed,
        /^the \.dockerconfigjson of pull secret malformed is not of the form .*REGISTRY/,
      );
      assert.deepEqual(others, [
        "the .dockerconfigjson of pull secret no-login has an entry, number 1, whose `auth` is not the base64 of USER:PASSWORD",
        "pull secret not-there is not there",
      ]);
      const told = ["tried without a credential, as none matches", ...end.problems].join("; ");
      assert.ok(end.errors[0]?.endsWith(`; ${told}`), end.errors[0]);
      return `${end.problems.length} problems said, 2 of 3 images pulled`;
    });
  });
});
