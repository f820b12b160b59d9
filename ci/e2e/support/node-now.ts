import { apiRequest } from "../../cluster/api-request.ts";
import type { NodeRecordSeen } from "./node-history.ts";
import { testCluster } from "./scene.ts";

/** What stands under one key of a Node. */
export interface NodeNow {
  readonly node: string;
  readonly label: string | undefined;
  readonly record: NodeRecordSeen | undefined;
}

/**
 * Asks the API server what stands under `key` now. Whatever was written before the call is in the answer, whereas a
 * watch may still have it under way; the past is the history's.
 */
export async function nodeNow(node: string, key: string): Promise<NodeNow> {
  const { status, body } = await apiRequest(testCluster(), "GET", `/api/v1/nodes/${node}`);
  if (status !== 200) throw new Error(`the API server answers ${status} for node ${node}`);
  const { labels, annotations } = (body as NodeObject).metadata;
  const text = annotations?.[key];
  const record = text === undefined ? undefined : (JSON.parse(text) as NodeRecordSeen);
  return { node, label: labels?.[key], record };
}

interface NodeObject {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}
