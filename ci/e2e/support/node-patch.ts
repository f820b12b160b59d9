import { request } from "node:https";
import type { Login } from "./login.ts";
import { type KubernetesObject, testCluster } from "./scene.ts";

/** A change as a merge patch (RFC 7386) has it: null removes. */
export type Change = {
  readonly [field: string]: Change | string | boolean | null | readonly (string | object)[];
};

/** How a change can be written down. */
export type PatchForm = "merge" | "strategic-merge" | "json" | "apply";

/** The forms in which the change can be written: what is applied cannot name what it removes, nor who manages fields. */
export function formsOf(change: Change): readonly PatchForm[] {
  const always = ["merge", "strategic-merge", "json"] as const;
  return removesSomething(change) || namesManagers(change) ? always : [...always, "apply"];
}

/** A request about Nodes. */
export interface NodeRequest {
  readonly method: string;
  /** From the root on. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

/** The request for the change of the Node in that form. */
export function nodePatch(node: string, change: Change, form: PatchForm = "merge", query = ""): NodeRequest {
  const path = `/api/v1/nodes/${node}`;
  const body = bodyOf(node, change, form);
  // Whoever applies has to say who it is, and that it takes fields from others.
  const own = form === "apply" ? "fieldManager=image-prefetcher&force=true" : "fieldManager=image-prefetcher";
  return { method: "PATCH", path: `${path}?${own}${query}`, contentType: contentTypes[form], body };
}

/** What the API server says. */
export interface RequestAnswer {
  readonly status: number;
  /** Why not, where it refuses. */
  readonly message: string;
  /** The object as it is now, where it does not. */
  readonly object: KubernetesObject;
}

/** The API server's answer to one request; it rejects if there is none within 5 s. */
export function ask(login: Login, { method, path, contentType, body }: NodeRequest): Promise<RequestAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RequestAnswer>();
  const text = body === undefined ? "" : JSON.stringify(body);
  const outgoing = request(`${testCluster().apiServer}${path}`, {
    ...login,
    method,
    headers: {
      ...login.headers,
      "content-type": contentType ?? "application/json",
      "content-length": Buffer.byteLength(text),
    },
    agent: false,
    signal: AbortSignal.timeout(5000),
  });
  outgoing.on("error", reject);
  outgoing.on("response", (response) => {
    let answer = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      answer += chunk;
    });
    response.on("error", reject);
    response.on("end", () => {
      try {
        const object = JSON.parse(answer) as KubernetesObject & { message?: string };
        resolve({ status: response.statusCode ?? 0, message: object.message ?? "", object });
      } catch (cause) {
        reject(new Error(`${method} ${path}: the answer is no JSON: ${answer}`, { cause }));
      }
    });
  });
  outgoing.end(text);
  return promise;
}

const contentTypes: Readonly<Record<PatchForm, string>> = {
  merge: "application/merge-patch+json",
  "strategic-merge": "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  // JSON is YAML.
  apply: "application/apply-patch+yaml",
};

function bodyOf(node: string, change: Change, form: PatchForm): unknown {
  if (form === "json") return operationsFrom(change);
  if (form !== "apply") return change;
  const metadata = { ...(change.metadata as Change | undefined), name: node };
  return { apiVersion: "v1", kind: "Node", ...change, metadata };
}

/** The operations of RFC 6902. What they are about lies in objects that every Node of the stories has. */
function operationsFrom(change: Change, parent = ""): readonly object[] {
  return Object.entries(change).flatMap(([name, value]) => {
    const path = `${parent}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (value === null) return [{ op: "remove", path }];
    if (isChange(value)) return operationsFrom(value, path);
    return [{ op: "add", path, value }];
  });
}

function removesSomething(change: Change): boolean {
  return Object.values(change).some(
    (value) => value === null || (isChange(value) && removesSomething(value)),
  );
}

function namesManagers({ metadata }: Change): boolean {
  return metadata !== undefined && isChange(metadata) && Object.hasOwn(metadata, "managedFields");
}

function isChange(value: Change[string]): value is Change {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
