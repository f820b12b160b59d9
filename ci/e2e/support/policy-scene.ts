import { keyOf } from "../../../agent/node-record.ts";
import { assertLetThrough, policyOf, untilInForce } from "./admission-policy.ts";
import { type Account, accountOf } from "./api-server-account.ts";
import { type Login, loginByToken, loginOf, loginOfAdministrator, mountedToken } from "./login.ts";
import { type NodeHistory, openNodeHistory } from "./node-history.ts";
import { nodePatch } from "./node-patch.ts";
import { foreign, type Marks } from "./policy-cases.ts";
import { pushSampleImage } from "./sample-image.ts";
import { type KubernetesObject, openScene, type Scene, testCluster } from "./scene.ts";

/** The releases, which are their instances' names too. */
export const releases = { failing: "admission-failing", done: "admission-done" };

/** A release and what the policy knows of it. */
export interface PolicyRelease {
  readonly release: string;
  /** The instance's, of label and annotation. */
  readonly key: string;
  readonly policy: string;
  readonly account: Account;
}

/** Two nodes and two releases under their policies. */
export interface PolicyScene extends AsyncDisposable {
  readonly scene: Scene;
  /** Opened before the agents came. */
  readonly history: NodeHistory;
  readonly first: string;
  readonly second: string;
  /** Its agents fail and stay at work, and write nothing more while the story lasts. Its account is the chart's. */
  readonly failing: PolicyRelease;
  /** Its agents are done. Its account is the user's, and not the chart's. */
  readonly done: PolicyRelease;
  /** As the agent of `failing` on that node, by the token that it had mounted. */
  loginOn(node: string): Login;
  nodeNow(node: string): Promise<KubernetesObject>;
  /** Has the administrator put the marks of `failing` on the first node, or remove what is none. */
  stand(marks: Marks): Promise<void>;
  /** Upgrades `failing` to a chart with or without the policy. */
  switchPolicy(enabled: boolean): Promise<void>;
}

/** Opens the scene: both policies are in force before the first agent starts. */
export async function openPolicyScene(name: string): Promise<PolicyScene> {
  const scene = await openScene(name, 2);
  const [first = "", second = ""] = scene.nodes();
  const failing = releaseOf(releases.failing, accountOf(scene, releases.failing));
  const done = releaseOf(releases.done, { namespace: name, name: "admission-own" });
  const administrator = loginOfAdministrator();
  const logins = new Map<string, Login>();
  let history: NodeHistory | undefined;

  const start = { key: "example.com/start", value: "yes" };
  const values = {
    nodeSelector: { story: name, [start.key]: start.value },
    images: [`${testCluster().registry}/${name}/one:1`],
  };
  const valuesOfFailing = (enabled: boolean) => ({
    ...values,
    images: [...values.images, "Not/A/Reference"],
    pull: { retry: { initialDelay: "576h", maxDelay: "576h" } },
    admissionPolicy: { enabled },
  });
  const label = (node: string, labels: Record<string, string>, annotations: Record<string, string> = {}) =>
    assertLetThrough(administrator, nodePatch(node, { metadata: { labels, annotations } }));
  const open = async () => {
    const { name: accountName } = done.account;
    await scene.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: accountName } });
    await pushSampleImage(`${name}/one`);
    const theirs = { [foreign.key]: foreign.value };
    for (const node of scene.nodes()) await label(node, theirs, theirs);
    const serviceAccount = { create: false, name: accountName, dedicated: true };
    await Promise.all([
      scene.install(failing.release, valuesOfFailing(true)),
      scene.install(done.release, { ...values, serviceAccount }),
    ]);
    for (const { account, policy } of [failing, done])
      await untilInForce(loginOf(account, first), first, policy);
    history = await openNodeHistory();
    for (const node of scene.nodes()) await label(node, { [start.key]: start.value });
    for (const node of scene.nodes())
      logins.set(node, loginByToken(await mountedToken(scene, failing.release, node)));
    return history;
  };
  const dispose = async () => {
    history?.[Symbol.dispose]();
    await scene[Symbol.asyncDispose]();
  };

  const opened = await open().catch(async (error: unknown) => {
    // That something cannot be removed follows from the error that is to be seen.
    await dispose().catch(() => {});
    throw error;
  });
  return {
    scene,
    history: opened,
    first,
    second,
    failing,
    done,
    loginOn: (node) => {
      const login = logins.get(node);
      if (login === undefined) throw new Error(`${node} is no node of the scene`);
      return login;
    },
    nodeNow: async (node) =>
      (await assertLetThrough(administrator, { method: "GET", path: `/api/v1/nodes/${node}` })).object,
    stand: async ({ label: value = null, annotation = null }) => {
      const metadata = { labels: { [failing.key]: value }, annotations: { [failing.key]: annotation } };
      await assertLetThrough(administrator, nodePatch(first, { metadata }));
    },
    switchPolicy: async (enabled) => {
      await scene.upgrade(failing.release, valuesOfFailing(enabled));
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function releaseOf(release: string, account: Account): PolicyRelease {
  return { release, key: keyOf(release), policy: policyOf(release), account };
}

/** What stands under the key of the Node. */
export function marksOf({ metadata }: KubernetesObject, key: string): Marks {
  const [label, annotation] = [metadata.labels?.[key], metadata.annotations?.[key]];
  return {
    ...(label === undefined ? {} : { label }),
    ...(annotation === undefined ? {} : { annotation }),
  };
}

/** All of a Node that the policy guards, without what every write changes. */
export function guardedOf({ metadata, spec }: KubernetesObject): { metadata: object; spec: object } {
  const { resourceVersion: _, managedFields: __, ...rest } = metadata as unknown as Record<string, unknown>;
  return { metadata: rest, spec };
}
