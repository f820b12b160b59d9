import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { waitUntil } from "../../cluster/wait-until.ts";
import { type Account, userOf } from "./api-server-account.ts";
import type { Login } from "./login.ts";
import { ask, type Change, type NodeRequest, nodePatch, type RequestAnswer } from "./node-patch.ts";
import type { Scene } from "./scene.ts";

/** The name that the chart gives to the instance's policy and to its binding. */
export function policyOf(instance: string): string {
  return `prefetcher-${createHash("sha256").update(instance).digest("hex").slice(0, 8)}`;
}

/** What the API server says where the policy refuses a request about the Node. */
export function policyRefusal(policy: string, node: string, sentence: string): string {
  return `nodes "${node}" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${sentence}`;
}

/** What it says where the account's rights do not reach as far. */
export function rightsRefusal(account: Account, verb: string, resource: string): RegExp {
  const user = userOf(account).replaceAll(".", "\\.");
  return new RegExp(` is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group ""`);
}

/** Asserts that the policy refuses the request, with exactly this sentence. */
export async function assertRefusedByPolicy(
  login: Login,
  nodeRequest: NodeRequest,
  by: { readonly policy: string; readonly node: string; readonly sentence: string },
): Promise<void> {
  const { status, message } = await ask(login, nodeRequest);
  assert.deepEqual([status, message], [403, policyRefusal(by.policy, by.node, by.sentence)]);
}

/** Asserts that the request is let through, and returns the answer. */
export async function assertLetThrough(login: Login, nodeRequest: NodeRequest): Promise<RequestAnswer> {
  const answer = await ask(login, nodeRequest);
  assert.ok([200, 201].includes(answer.status), `${answer.status} ${answer.message}`);
  return answer;
}

/** A change that every policy forbids. */
export const forbidden: Change = { metadata: { labels: { "example.com/forbidden": "x" } } };

/** Waits until the policy refuses the login a forbidden change of the Node: that it exists does not mean that it is in force. */
export function untilInForce(login: Login, node: string, policy: string): Promise<void> {
  return waitUntil(`${policy} is in force`, 30_000, async () => {
    const { status, message } = await ask(login, nodePatch(node, forbidden, "merge", "&dryRun=All"));
    return status === 403 && message.includes(`ValidatingAdmissionPolicy '${policy}'`);
  });
}

/** Waits until the login may make a forbidden change of the Node. */
export function untilNotInForce(login: Login, node: string): Promise<void> {
  return waitUntil("no policy is in force", 30_000, async () => {
    const { status } = await ask(login, nodePatch(node, forbidden, "merge", "&dryRun=All"));
    return status === 200;
  });
}

/** What the API server's type check of the policy's expressions warns of; waits until it has looked at this version. */
export async function typeWarnings(scene: Scene, policy: string): Promise<readonly unknown[]> {
  let warnings: readonly unknown[] = [];
  await waitUntil(`the types of ${policy} are checked`, 30_000, async () => {
    const { metadata, status } = await scene.get("validatingadmissionpolicy", policy);
    warnings = status?.typeChecking?.expressionWarnings ?? [];
    return status?.observedGeneration === metadata.generation;
  });
  return warnings;
}
