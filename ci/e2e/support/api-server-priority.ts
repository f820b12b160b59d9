import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "../../cluster/wait-until.ts";
import { type Account, asAccount, faultName, patchAs } from "./api-server-account.ts";
import { createFault } from "./api-server-objects.ts";
import { undoneBy } from "./fault-undo.ts";
import { testCluster } from "./scene.ts";

const flowcontrol = "/apis/flowcontrol.apiserver.k8s.io/v1";

/** 429 with Retry-After for each request of the account: API priority and fairness gives it no share at all. */
export async function rejectByPriority(account: Account): Promise<AsyncDisposable> {
  const { name, namespace } = account;
  const everything = {
    verbs: ["*"],
    apiGroups: ["*"],
    resources: ["*"],
    clusterScope: true,
    namespaces: ["*"],
  };
  const limited = {
    nominalConcurrencyShares: 0,
    lendablePercent: 0,
    borrowingLimitPercent: 0,
    limitResponse: { type: "Reject" },
  };
  const schema = {
    // Before all of the API server's own but the exempt ones.
    matchingPrecedence: 50,
    priorityLevelConfiguration: { name: faultName(account) },
    rules: [
      {
        subjects: [{ kind: "ServiceAccount", serviceAccount: { name, namespace } }],
        resourceRules: [everything],
        nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
      },
    ],
  };
  const objects = await createFault({
    account,
    objects: [
      [`${flowcontrol}/prioritylevelconfigurations`, { spec: { type: "Limited", limited } }],
      [`${flowcontrol}/flowschemas`, { spec: schema }],
    ],
    ask: () => patchAs(account),
    isFaulty: ({ priorityLevelUid }, uids) => uids.includes(priorityLevelUid),
  });
  // Not earlier: it would take its place among the requests of some other level.
  const place = holdPlace(account);
  const fault = undoneBy(async () => {
    await place[Symbol.asyncDispose]();
    await objects[Symbol.asyncDispose]();
  });
  const isRejected = async () => (await patchAs(account)).status === 429;
  await waitUntil(`${account.name} is rejected`, 30_000, isRejected).catch(async (error) => {
    await fault[Symbol.asyncDispose]();
    throw error;
  });
  return fault;
}

/**
 * Keeps one request of the account under way. A level without any share still lets one request pass where none is under
 * way, so that one is ours: a question that everybody may ask, of which the body never arrives.
 */
function holdPlace(account: Account): AsyncDisposable {
  const controller = new AbortController();
  const { signal } = controller;
  const hold = async () => {
    while (!signal.aborted) {
      await unfinishedRequest(account, signal);
      // It was answered, because another one was under way or because the API server's own 60 s are over.
      await sleep(5, undefined, { signal }).catch(() => {});
    }
  };
  const holding = hold();
  return undoneBy(async () => {
    controller.abort();
    await holding;
  });
}

function unfinishedRequest(account: Account, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { headers, ...tls } = asAccount(account);
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const outgoing = request(`${testCluster().apiServer}${path}`, {
    method: "POST",
    ...tls,
    headers: { ...headers, "content-type": "application/json", "content-length": 1000 },
    agent: false,
    signal,
  });
  outgoing.on("response", () => outgoing.destroy());
  outgoing.on("error", () => {});
  outgoing.on("close", () => resolve());
  outgoing.flushHeaders();
  return promise;
}
