import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import {
  agentsLogins,
  hasLogin,
  type Login,
  triedByAgent,
  triedByKubelet,
} from "./support/keyring-answers.ts";
import { encodedLogins, questions } from "./support/keyring-questions.ts";
import { type KubeletKeyring, openKubeletKeyring, type PullSecret } from "./support/kubelet-keyring.ts";

const numRuns = 4_000;

describe("the credentials for an image", () => {
  let kubelet: KubeletKeyring;
  before(async () => {
    kubelet = await openKubeletKeyring();
  });
  after(async () => {
    await kubelet?.[Symbol.asyncDispose]();
  });

  it("are those that the kubelet would try, in its order", async (context) => {
    let several = 0;
    await fc.assert(
      fc.asyncProperty(questions, async (question) => {
        const tried = triedByAgent(question);
        assert.deepEqual(tried, await triedByKubelet(kubelet, question));
        if (tried !== "invalid" && tried.length > 1) several += 1;
      }),
      { numRuns },
    );
    context.diagnostic(`more than one for ${several} of ${numRuns} images`);
    // Else nothing would have been seen of the order.
    assert.ok(several > numRuns / 20, `${several}`);
  });

  it("are decoded as the kubelet decodes them", async (context) => {
    let decoded = 0;
    await fc.assert(
      fc.asyncProperty(encodedLogins, async (auth) => {
        const secrets = [legacySecret({ "r.io": { auth } })];
        const { credentials } = await kubelet.ask(secrets, "r.io/x");
        // What is no UTF-8 the kubelet finds and cannot send: CRI has no other texts.
        const sendable = isUtf8(Buffer.from(auth, "base64")) ? credentials.filter(hasLogin) : [];
        assert.deepEqual(namesOf(agentsLogins(secrets, "r.io/x")), namesOf(sendable));
        decoded += sendable.length;
      }),
      { numRuns },
    );
    context.diagnostic(`${decoded} of ${numRuns} are logins`);
    assert.ok(decoded > numRuns / 20 && decoded < numRuns - numRuns / 20, `${decoded}`);
  });

  for (const { what, secrets, image, kubelets, agents } of differences()) {
    it(`differ from the kubelet's where ${what}`, async () => {
      const { credentials, error } = await kubelet.ask(secrets, image);
      assert.deepEqual(error === undefined ? namesOf(credentials) : "refused", kubelets);
      assert.deepEqual(namesOf(agentsLogins(secrets, image)), agents);
    });
  }
});

interface Difference {
  readonly what: string;
  readonly secrets: readonly PullSecret[];
  readonly image: string;
  readonly kubelets: readonly string[] | "refused";
  readonly agents: readonly string[];
}

/** All that are known; each is wanted, for the reason that `triedByKubelet` has for leaving it out. */
function differences(): readonly Difference[] {
  const [a, b] = ["a", "b"].map((username) => ({ username, password: "w" }));
  return [
    {
      what: "Docker Hub has both of its names",
      secrets: [legacySecret({ "https://index.docker.io/v1/": a }), legacySecret({ "docker.io": b })],
      image: "nginx",
      kubelets: ["b:w"],
      agents: ["a:w", "b:w"],
    },
    {
      what: "Docker Hub's other name has a path",
      secrets: [legacySecret({ "index.docker.io/library": a })],
      image: "nginx",
      kubelets: [],
      agents: ["a:w"],
    },
    {
      what: "a host without a dot would get Docker Hub's",
      secrets: [legacySecret({ "https://index.docker.io/v1/": a })],
      image: "localhost/x",
      kubelets: ["a:w"],
      agents: [],
    },
    {
      what: "another entry is malformed",
      secrets: [legacySecret({ "r.io": a, "s.io": { auth: "?" } })],
      image: "r.io/x",
      kubelets: "refused",
      agents: ["a:w"],
    },
    {
      what: "something else in the secret is malformed",
      secrets: [{ key: ".dockerconfigjson", text: JSON.stringify({ auths: { "r.io": a }, HttpHeaders: 1 }) }],
      image: "r.io/x",
      kubelets: "refused",
      agents: ["a:w"],
    },
    {
      what: "another secret is no docker config",
      secrets: [legacySecret({ "r.io": a }), { key: ".dockerconfigjson", text: "{" }],
      image: "r.io/x",
      kubelets: "refused",
      agents: ["a:w"],
    },
    {
      what: "an entry has no login",
      secrets: [legacySecret({ "r.io": {}, "r.io/team": b })],
      image: "r.io/team/x",
      kubelets: ["b:w", ":"],
      agents: ["b:w"],
    },
    {
      what: "an entry has an identity token alone, which the kubelet drops",
      secrets: [legacySecret({ "r.io": { identitytoken: "t" } })],
      image: "r.io/x",
      kubelets: [":"],
      agents: [":"],
    },
    {
      what: "an address has no port",
      secrets: [legacySecret({ "[::1]": a })],
      image: "[::1]/x",
      kubelets: [],
      agents: ["a:w"],
    },
    {
      what: "a host is one of the characters of an address",
      secrets: [legacySecret({ "[::A]": a })],
      image: "A/x",
      kubelets: ["a:w"],
      agents: [],
    },
    {
      what: "a path is encoded twice",
      secrets: [legacySecret({ "r.io/te%2561m": a })],
      image: "r.io/team/x",
      kubelets: ["a:w"],
      agents: [],
    },
    {
      what: "a password is no UTF-8",
      secrets: [legacySecret({ "r.io": { auth: Buffer.from("a:\xff", "latin1").toString("base64") } })],
      image: "r.io/x",
      kubelets: ["a:\uFFFD"],
      agents: [],
    },
  ];
}

function legacySecret(auths: object): PullSecret {
  return { key: ".dockercfg", text: JSON.stringify(auths) };
}

function namesOf(logins: readonly Login[] | "invalid"): readonly string[] | "invalid" {
  if (logins === "invalid") return logins;
  return logins.map(({ username, password }) => `${username}:${password}`);
}
