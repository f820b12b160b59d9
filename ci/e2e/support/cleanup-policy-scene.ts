import { parseAllDocuments } from "yaml";
import { chart } from "../../chart/helm.ts";
import { assertLetThrough, policyOf, untilInForce } from "./admission-policy.ts";
import type { Account } from "./api-server-account.ts";
import { standing, type Texts } from "./cleanup-policy-cases.ts";
import { loginOf, loginOfAdministrator } from "./login.ts";
import { nodePatch } from "./node-patch.ts";
import { type KubernetesObject, openScene, type Scene } from "./scene.ts";

/** A hook that cleans up, without its Job: the account that it has while it runs, and the policy that holds it. */
export interface CleanupHook {
  readonly component: "cleanup" | "orphans";
  readonly account: Account;
  readonly policy: string;
}

/** Two nodes, and all that both hooks of a release make before their Jobs. */
export interface CleanupPolicyScene extends AsyncDisposable {
  readonly scene: Scene;
  readonly first: string;
  readonly second: string;
  readonly hooks: readonly [CleanupHook, CleanupHook];
  /** Writes what stands on a node, over whatever else stands there. */
  stand(node: string): Promise<void>;
  /** Which of the standing texts a Node has. */
  standingOn(node: KubernetesObject): { readonly labels: Texts; readonly annotations: Texts };
  /** Deletes or makes the policy's binding. */
  bind(hook: CleanupHook, isBound: boolean): Promise<void>;
}

type HookObject = KubernetesObject & { readonly kind: string };

/** Opens the scene: both policies are in force, and both accounts have their rights. */
export async function openCleanupPolicyScene(name: string): Promise<CleanupPolicyScene> {
  const scene = await openScene(name, 2);
  const [first = "", second = ""] = scene.nodes();
  const hookOf = (component: CleanupHook["component"]): CleanupHook => ({
    component,
    account: { namespace: name, name: `${name}-prefetcher-helm-${component}` },
    policy: `${policyOf(name)}-${component}`,
  });
  const hooks = [hookOf("cleanup"), hookOf("orphans")] as const;
  const stand = async (node: string) => {
    const change = { metadata: { labels: standing, annotations: standing } };
    await assertLetThrough(loginOfAdministrator(), nodePatch(node, change));
  };
  let objects: readonly HookObject[] = [];
  const dispose = async () => {
    // What has no namespace is left when that goes.
    const names = objects.filter(isClusterScoped).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    if (names.length > 0) await scene.kubectl("delete", ...names, "--ignore-not-found");
    await scene[Symbol.asyncDispose]();
  };
  try {
    objects = await hookObjects(scene);
    await scene.apply(...objects);
    for (const { account, policy } of hooks) await untilInForce(loginOf(account), first, policy);
    for (const node of scene.nodes()) await stand(node);
  } catch (error) {
    // That something cannot be removed follows from the error that is to be seen.
    await dispose().catch(() => {});
    throw error;
  }
  return {
    scene,
    first,
    second,
    hooks,
    stand,
    standingOn: ({ metadata }) => ({
      labels: standingAmong(metadata.labels),
      annotations: standingAmong(metadata.annotations),
    }),
    bind: async ({ policy }, isBound) => {
      const [binding] = objects.filter(
        ({ kind, metadata }) => kind === "ValidatingAdmissionPolicyBinding" && metadata.name === policy,
      );
      if (binding === undefined) throw new Error(`${policy} has no binding`);
      if (isBound) await scene.apply(binding);
      else await scene.kubectl("delete", binding.kind, policy);
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** What the hooks of a release, called like the scene, are made of, without their Jobs. */
async function hookObjects(scene: Scene): Promise<readonly HookObject[]> {
  const only = ["--show-only", "templates/cleanup.yaml", "--show-only", "templates/orphans.yaml"];
  const { stdout } = await scene.helm(
    ...["template", scene.name, chart, "--set", "cleanup.orphans=true", ...only],
  );
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as HookObject)
    .filter(({ kind }) => kind !== "Job");
}

function isClusterScoped({ kind }: HookObject): boolean {
  return kind.startsWith("Cluster") || kind.startsWith("ValidatingAdmissionPolicy");
}

function standingAmong(texts: Texts = {}): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => Object.hasOwn(standing, key)));
}
