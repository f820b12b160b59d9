import { apiRequest } from "../../cluster/api-request.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { type Account, patchAs } from "./api-server-account.ts";
import { undoneBy } from "./fault-undo.ts";
import { testCluster } from "./scene.ts";

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
interface Binding {
  readonly metadata: { readonly name: string };
  readonly subjects?: readonly Subject[];
}

const bindingsPath = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

/**
 * Takes the account out of each ClusterRoleBinding that names it, and returns once the API server answers it 403. Its
 * release must be installed before, and may be gone when this is undone.
 */
export async function withoutRights(account: Account): Promise<AsyncDisposable> {
  const { body } = await ask("GET", bindingsPath);
  const bindings = (body as { items: readonly Binding[] }).items.filter(({ subjects = [] }) =>
    subjects.some((subject) => isAccount(subject, account)),
  );
  if (bindings.length === 0)
    throw new Error(`${account.namespace}/${account.name} has no ClusterRoleBinding`);
  for (const { metadata, subjects = [] } of bindings)
    await setSubjects(
      metadata.name,
      subjects.filter((subject) => !isAccount(subject, account)),
    );
  const isForbidden = async () => (await patchAs(account)).status === 403;
  await waitUntil(`${account.name} has no rights`, 30_000, isForbidden);
  return undoneBy(async () => {
    const back = await Promise.all(
      bindings.map(({ metadata, subjects = [] }) => setSubjects(metadata.name, subjects)),
    );
    if (back.every((isThere) => isThere))
      await waitUntil(`${account.name} has its rights`, 30_000, async () => !(await isForbidden()));
  });
}

/** Says whether the binding is there. */
async function setSubjects(name: string, subjects: readonly Subject[]): Promise<boolean> {
  const path = `${bindingsPath}/${name}`;
  const { status, body } = await ask("GET", path);
  if (status === 404) return false;
  await ask("PUT", path, { ...(body as Binding), subjects });
  return true;
}

function isAccount({ kind, name, namespace }: Subject, account: Account): boolean {
  return kind === "ServiceAccount" && name === account.name && namespace === account.namespace;
}

async function ask(method: string, path: string, body?: object) {
  const answer = await apiRequest(testCluster(), method, path, body);
  if (![200, 404].includes(answer.status))
    throw new Error(`${method} ${path}: the API server answers ${answer.status}`);
  return answer;
}
