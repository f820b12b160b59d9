import { apiRequest } from "../../cluster/api-request.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { type Account, faultName, type PatchAnswer } from "./api-server-account.ts";
import { undoneBy } from "./fault-undo.ts";
import { testCluster } from "./scene.ts";

/** Cluster-scoped objects that make a fault for one account, and how to see that the API server acts on them. */
export interface FaultObjects {
  readonly account: Account;
  /** In the order in which they are created; each is named after the account. */
  readonly objects: readonly (readonly [collection: string, object: object])[];
  readonly ask: () => Promise<PatchAnswer>;
  /** Whether the answer is as the objects, which have these UIDs, want it. */
  readonly isFaulty: (answer: PatchAnswer, uids: readonly string[]) => boolean;
}

/** Creates the objects and returns once the fault is there; it is disposed of once the fault is gone. */
export async function createFault({
  account,
  objects,
  ask,
  isFaulty,
}: FaultObjects): Promise<AsyncDisposable> {
  const name = faultName(account);
  const remove = async () => {
    for (const [collection] of [...objects].reverse())
      await expectStatus([200, 404], "DELETE", `${collection}/${name}`);
  };
  const uids: string[] = [];
  const isThere = async () => isFaulty(await ask(), uids);
  const fault = undoneBy(async () => {
    await remove();
    await waitUntil(`${name} is gone`, 30_000, async () => !(await isThere()));
  });
  // What a story left that was killed.
  await remove();
  try {
    for (const [collection, object] of objects)
      uids.push(await expectStatus([201], "POST", collection, { metadata: { name }, ...object }));
    await waitUntil(`${name} is there`, 30_000, isThere);
    return fault;
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The UID of the object that is answered with. */
async function expectStatus(
  expected: readonly number[],
  method: string,
  path: string,
  object?: object,
): Promise<string> {
  const { status, body } = await apiRequest(testCluster(), method, path, object);
  if (!expected.includes(status))
    throw new Error(`${method} ${path}: the API server answers ${status}: ${JSON.stringify(body)}`);
  return (body as { metadata?: { uid?: string } }).metadata?.uid ?? "";
}
