import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import {
  assertLetThrough,
  assertRefusedByPolicy,
  forbidden,
  rightsRefusal,
  typeWarnings,
  untilInForce,
  untilNotInForce,
} from "./support/admission-policy.ts";
import { apiRequestsOf } from "./support/api-requests.ts";
import type { Account } from "./support/api-server-account.ts";
import { createToken, type Login, loginByToken, loginOf, loginOfAdministrator } from "./support/login.ts";
import { ask, type Change, formsOf, type NodeRequest, nodePatch } from "./support/node-patch.ts";
import { changesBeyondPatch, withAllNodeRights } from "./support/node-rights.ts";
import { podOnNode } from "./support/pod-on-node.ts";
import { allowedChanges, refusedChanges, sentences } from "./support/policy-cases.ts";
import { guardedOf, marksOf, openPolicyScene, type PolicyScene, releases } from "./support/policy-scene.ts";

const name = "admission-policy";
const dryRun = "&dryRun=All";
const labelled = (key: string, value: string | null): Change => ({ metadata: { labels: { [key]: value } } });

describe("the admission policy", () => {
  const openedAt = new Date();
  let scene: PolicyScene;
  before(async () => {
    scene = await openPolicyScene(name);
  });
  after(() => scene?.[Symbol.asyncDispose]());

  /** Asserts that the policy of a release (the one that fails by default) refuses what is asked of a Node. */
  const refused = (
    login: Login,
    request: NodeRequest,
    sentence: string,
    { node = scene.first, policy = scene.failing.policy } = {},
  ) => assertRefusedByPolicy(login, request, { policy, node, sentence });

  it("passes the API server's type check without a warning", async () => {
    for (const { policy } of [scene.failing, scene.done])
      assert.deepEqual(await typeWarnings(scene.scene, policy), []);
  });

  it("lets the agents of two releases come to their verdicts, and refuses them nothing", async () => {
    const { failing, done, first, second, history } = scene;
    await Promise.all([
      history.untilLabelled([first, second], failing.key, "failed"),
      history.untilLabelled([first, second], done.key, "succeeded"),
    ]);
    for (const node of [first, second]) {
      const requests = apiRequestsOf(name, node, openedAt);
      const accounts = new Set(requests.map(({ serviceAccount }) => serviceAccount));
      assert.deepEqual(accounts, new Set([failing.account.name, done.account.name]));
      for (const { verb, object, status } of requests) {
        assert.deepEqual([verb, object], ["patch", `nodes/${node}`]);
        // 409 where somebody else changed the Node between read and write.
        assert.ok([200, 409].includes(status), `${status}`);
      }
    }
  });

  describe("lets the token of a pod change on its own node", () => {
    for (const { what, stands, change, becomes } of allowedChanges(keyOf(releases.failing))) {
      it(what, async () => {
        const login = scene.loginOn(scene.first);
        for (const form of formsOf(change)) {
          await scene.stand(stands);
          const { object } = await assertLetThrough(login, nodePatch(scene.first, change, form));
          assert.deepEqual(marksOf(object, scene.failing.key), becomes, form);
        }
      });
    }

    it("nothing of the status, though such a patch is let through", async () => {
      const change = { status: { nodeInfo: { kubeletVersion: "v0.0.0" } } };
      const request = nodePatch(scene.first, change);
      const { object } = await assertLetThrough(scene.loginOn(scene.first), request);
      const { status } = await scene.nodeNow(scene.first);
      assert.match(status.nodeInfo.kubeletVersion, /^v1\./);
      assert.equal(object.status.nodeInfo.kubeletVersion, status.nodeInfo.kubeletVersion);
    });
  });

  describe("does not let it change in whatever form of patch", () => {
    for (const { what, stands, change, sentence } of refusedChanges(
      keyOf(releases.failing),
      keyOf(releases.done),
    )) {
      it(what, async () => {
        await scene.stand(stands);
        for (const form of formsOf(change)) {
          // A finalizer that got through would keep the Node for ever. Who manages fields is lost in a dry run as well.
          const request = nodePatch(scene.first, change, form, dryRun);
          await refused(scene.loginOn(scene.first), request, sentence);
        }
      });
    }
  });

  it("keeps each of two nodes' tokens from the other node, which they may not even read", async () => {
    const { first, second, failing, done } = scene;
    const pairs = [
      [first, second],
      [second, first],
    ] as const;
    for (const [own, node] of pairs) {
      const login = scene.loginOn(own);
      for (const change of [{}, labelled(failing.key, "succeeded"), labelled(done.key, "failed")]) {
        for (const form of formsOf(change))
          await refused(login, nodePatch(node, change, form), sentences.runsOn(own), { node });
      }
      await assertLetThrough(login, nodePatch(own, labelled(failing.key, "succeeded")));
    }
  });

  it("stands beside rights that reach no further than a patch", async () => {
    const { first, failing } = scene;
    const nodes = "/api/v1/nodes";
    const get = (path: string) => ({ method: "GET", path });
    const put = { method: "PUT", path: `${nodes}/${first}`, body: await scene.nodeNow(first) };
    const cases = [
      ...changesBeyondPatch(first),
      { verb: "update", resource: "nodes", request: put },
      { verb: "get", resource: "nodes", request: get(`${nodes}/${first}`) },
      { verb: "list", resource: "nodes", request: get(nodes) },
      { verb: "watch", resource: "nodes", request: get(`${nodes}?watch=1`) },
      { verb: "list", resource: "secrets", request: get(`/api/v1/namespaces/${name}/secrets`) },
      { verb: "list", resource: "pods", request: get(`/api/v1/namespaces/${name}/pods`) },
    ];
    for (const { verb, resource, request } of cases) {
      const { status, message } = await ask(scene.loginOn(first), request);
      assert.equal(status, 403, `${verb} ${resource}`);
      assert.match(message, rightsRefusal(failing.account, verb, resource));
    }
  });

  it("goes by the node that a token was made for, and refuses one that was made for none", async () => {
    const { first, second, done } = scene;
    const pod = await podOnNode(scene.scene, done.release, first);
    assert.ok(pod !== undefined);
    const bound = loginByToken(await createToken(done.account, { name: pod.name, uid: pod.uid }));
    const unbound = loginByToken(await createToken(done.account));
    const { policy } = done;
    for (const change of [{}, labelled(done.key, "succeeded")]) {
      await assertLetThrough(bound, nodePatch(first, change));
      await refused(bound, nodePatch(second, change), sentences.runsOn(first), { policy, node: second });
      await refused(unbound, nodePatch(first, change), sentences.runsNowhere, { policy });
    }
  });

  it("holds each release's account to its own label, whose account it ever is", async () => {
    const { first, failing, done } = scene;
    const pairs = [
      [failing, done],
      [done, failing],
    ] as const;
    for (const [own, { key }] of pairs) {
      const login = loginOf(own.account, first);
      const by = { policy: own.policy };
      await assertLetThrough(login, nodePatch(first, labelled(own.key, "failed")));
      await refused(login, nodePatch(first, labelled(key, null)), sentences.onlyLabel(own.key), by);
    }
  });

  describe("of an account that may do everything with Nodes", () => {
    let rights: AsyncDisposable;
    let others: readonly Login[];
    before(async () => {
      const { account } = scene.done;
      const strangers: Account[] = [
        { ...account, namespace: "default" },
        { ...account, name: `${account.name}-2` },
        { ...account, name: "default" },
      ];
      rights = await withAllNodeRights(scene.scene, [account, ...strangers]);
      others = [
        ...strangers.map((stranger) => loginOf(stranger, scene.first)),
        ...strangers.map((stranger) => loginOf(stranger)),
        loginOfAdministrator(),
      ];
    });
    after(() => rights?.[Symbol.asyncDispose]());

    it("lets through only changes of the node in the claim, the first where there are two", async () => {
      const { first, second, done } = scene;
      const { policy, account } = done;
      const change = nodePatch(first, labelled(done.key, "succeeded"));
      for (const claim of [[first], [first, second]])
        await assertLetThrough(loginOf(account, ...claim), change);
      // That one name is the other's beginning must not be enough.
      for (const claim of [[second], [second, first], [`${first}0`], [first.slice(0, -1)]])
        await refused(loginOf(account, ...claim), change, sentences.runsOn(claim[0] ?? ""), { policy });
      for (const claim of [[], [""]])
        await refused(loginOf(account, ...claim), change, sentences.runsNowhere, { policy });
    });

    it("lets a whole Node be written only where nothing else is changed", async () => {
      const { first, done } = scene;
      const login = loginOf(done.account, first);
      // Without its version: the kubelet writes the Node's status now and then.
      const { metadata, spec } = guardedOf(await scene.nodeNow(first));
      const write = (changed: object) => ({
        method: "PUT",
        path: `/api/v1/nodes/${first}`,
        body: { apiVersion: "v1", kind: "Node", metadata, spec: { ...spec, ...changed } },
      });
      await assertLetThrough(login, write({}));
      const { policy } = done;
      await refused(login, write({ unschedulable: true }), sentences.spec, { policy });
    });

    it("refuses to make and remove Nodes, and to write their status", async () => {
      const { first, done } = scene;
      for (const { request, refusedFor } of changesBeyondPatch(first)) {
        const by = { policy: done.policy, node: refusedFor };
        await refused(loginOf(done.account, first), request, sentences.noOtherRequest, by);
      }
    });

    it("looks at nobody else's requests", async () => {
      const { first, done } = scene;
      const change = nodePatch(first, forbidden, "merge", dryRun);
      const { policy, key, account } = done;
      await refused(loginOf(account, first), change, sentences.onlyLabel(key), { policy });
      for (const login of others) {
        await assertLetThrough(login, change);
        for (const { request } of changesBeyondPatch(first)) await assertLetThrough(login, request);
      }
    });
  });

  it("is what refuses: without it the same change passes, and with it again it does not", async () => {
    const { first, second, failing, done } = scene;
    const login = scene.loginOn(first);
    const other = loginOf(done.account, first);
    await scene.switchPolicy(false);
    await untilNotInForce(login, first);
    await assertLetThrough(login, nodePatch(second, forbidden, "merge", dryRun));
    const { policy, key } = done;
    await refused(other, nodePatch(first, forbidden), sentences.onlyLabel(key), { policy });

    await scene.switchPolicy(true);
    await untilInForce(login, first, failing.policy);
    await refused(login, nodePatch(first, forbidden), sentences.onlyLabel(failing.key));
    await assertLetThrough(login, nodePatch(first, labelled(failing.key, "failed")));
  });
});
