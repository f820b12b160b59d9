import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  assertLetThrough,
  assertRefusedByPolicy,
  forbidden,
  rightsRefusal,
  typeWarnings,
  untilInForce,
  untilNotInForce,
} from "./support/admission-policy.ts";
import {
  allowedRemovals,
  cleanupSentences,
  refusedByCleanup,
  standing,
} from "./support/cleanup-policy-cases.ts";
import {
  type CleanupHook,
  type CleanupPolicyScene,
  openCleanupPolicyScene,
} from "./support/cleanup-policy-scene.ts";
import { createToken, type Login, loginByToken, loginOf } from "./support/login.ts";
import { ask, formsOf, type NodeRequest, nodePatch } from "./support/node-patch.ts";
import { changesBeyondPatch, withAllNodeRights } from "./support/node-rights.ts";

const dryRun = "&dryRun=All";

describe("the admission policies of the cleanups", () => {
  let opened: CleanupPolicyScene;
  /** Of each account by its name as well as by a token of its own. */
  const logins = new Map<CleanupHook["component"], readonly Login[]>();
  before(async () => {
    opened = await openCleanupPolicyScene("cleanup-policy");
    for (const { component, account } of opened.hooks)
      logins.set(component, [loginOf(account), loginByToken(await createToken(account))]);
  });
  after(() => opened?.[Symbol.asyncDispose]());

  /** Asserts something of each login, and of its hook. */
  const ofEach = async (assertion: (login: Login, hook: CleanupHook) => Promise<void>) => {
    for (const hook of opened.hooks)
      for (const login of logins.get(hook.component) ?? []) await assertion(login, hook);
  };
  const refused = (
    login: Login,
    request: NodeRequest,
    { sentence, policy, node = opened.first }: { sentence: string; policy: string; node?: string },
  ) => assertRefusedByPolicy(login, request, { sentence, policy, node });

  it("pass the API server's type check without a warning", async () => {
    for (const { policy } of opened.hooks) assert.deepEqual(await typeWarnings(opened.scene, policy), []);
  });

  describe("let the accounts change on any node", () => {
    for (const { what, change, removed } of allowedRemovals()) {
      it(what, async () => {
        const without = (keys: readonly string[]) =>
          Object.fromEntries(Object.entries(standing).filter(([key]) => !keys.includes(key)));
        const left = { labels: without(removed.labels), annotations: without(removed.annotations) };
        await ofEach(async (login) => {
          for (const node of [opened.first, opened.second]) {
            for (const form of formsOf(change)) {
              await opened.stand(node);
              const { object } = await assertLetThrough(login, nodePatch(node, change, form));
              assert.deepEqual(opened.standingOn(object), left, form);
            }
          }
        });
      });
    }
  });

  describe("do not let them change in whatever form of patch", () => {
    for (const { what, change, sentence } of refusedByCleanup()) {
      it(what, async () => {
        await opened.stand(opened.first);
        await ofEach(async (login, { policy }) => {
          // A finalizer that got through would keep the Node for ever. Who manages fields is lost in a dry run as well.
          for (const form of formsOf(change))
            await refused(login, nodePatch(opened.first, change, form, dryRun), { sentence, policy });
        });
      });
    }
  });

  it("stand beside rights that reach no further than to list and to patch", async () => {
    await ofEach(async (login, { account }) => {
      for (const { verb, resource, request } of changesBeyondPatch(opened.first)) {
        const { status, message } = await ask(login, request);
        assert.equal(status, 403, `${verb} ${resource}`);
        assert.match(message, rightsRefusal(account, verb, resource));
      }
    });
  });

  describe("of accounts that may do everything with Nodes", () => {
    let rights: AsyncDisposable;
    const strangerOf = ({ account }: CleanupHook) => ({ ...account, namespace: "default" });
    before(async () => {
      const accounts = opened.hooks.flatMap((hook) => [hook.account, strangerOf(hook)]);
      rights = await withAllNodeRights(opened.scene, accounts);
    });
    after(() => rights?.[Symbol.asyncDispose]());

    it("refuse to make and remove Nodes, and to write their status", async () => {
      await ofEach(async (login, { policy }) => {
        for (const { request, refusedFor } of changesBeyondPatch(opened.first)) {
          const by = { policy, node: refusedFor, sentence: cleanupSentences.noOtherRequest };
          await refused(login, request, by);
        }
      });
    });

    it("look at nobody else's requests", async () => {
      for (const hook of opened.hooks) {
        const login = loginOf(strangerOf(hook));
        await assertLetThrough(login, nodePatch(opened.first, forbidden, "merge", dryRun));
        for (const { request } of changesBeyondPatch(opened.first)) await assertLetThrough(login, request);
      }
    });
  });

  it("are what refuses: without one the same change passes, and with it again it does not", async () => {
    const [cleanup, orphans] = opened.hooks;
    const [login, other] = [loginOf(cleanup.account), loginOf(orphans.account)];
    const change = nodePatch(opened.first, forbidden, "merge", dryRun);
    const sentence = cleanupSentences.onlyRemove("labels");
    await opened.bind(cleanup, false);
    await untilNotInForce(login, opened.first);
    await assertLetThrough(login, change);
    await refused(other, change, { sentence, policy: orphans.policy });

    await opened.bind(cleanup, true);
    await untilInForce(login, opened.first, cleanup.policy);
    await refused(login, change, { sentence, policy: cleanup.policy });
  });
});
