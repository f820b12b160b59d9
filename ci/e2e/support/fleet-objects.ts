import https from "node:https";
import { adminTls } from "../../cluster/admin-tls.ts";
import type { ClusterPlan } from "../../cluster/plan.ts";

/** A Node as much of it as a fleet's story looks at. */
export interface FleetNodeSeen {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** The administrator's way to thousands of objects: connections are kept, and many requests are under way at once. */
export interface FleetObjects extends Disposable {
  /** The answer's body, parsed. Throws where the API server answers with anything but 200, 201 and 404. */
  ask(method: string, path: string, body?: object): Promise<unknown>;
  /** Asks too, and throws as `ask` does; of the answer, which would be the whole object, nothing is read. */
  tell(method: string, path: string, body: object): Promise<void>;
  /** Asks once for each item, as many at once as the API server takes well. */
  askForAll<Item>(items: readonly Item[], ask: (item: Item) => Promise<unknown>): Promise<void>;
  /** All Nodes with their metadata alone, by name. */
  nodes(): Promise<ReadonlyMap<string, FleetNodeSeen>>;
}

const requestsAtOnce = 16;

export function openFleetObjects(cluster: ClusterPlan): FleetObjects {
  const agent = new https.Agent({ keepAlive: true, maxSockets: requestsAtOnce, ...adminTls(cluster) });
  const ask = async (method: string, path: string, body?: object, accept = "application/json") => {
    const { status, text } = await answerTo(agent, `${cluster.apiServer}${path}`, { method, accept, body });
    if (![200, 201, 404].includes(status)) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as unknown;
  };
  return {
    ask,
    tell: async (method, path, body) => {
      await ask(method, path, body, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
    },
    askForAll: async (items, askOne) => {
      const rest = items.values();
      const work = async () => {
        // All of them take from one iterator, each the next when it has an answer.
        for (const item of rest) await askOne(item);
      };
      await Promise.all(Array.from({ length: requestsAtOnce }, work));
    },
    nodes: async () => {
      const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
      const list = (await ask("GET", "/api/v1/nodes", undefined, accept)) as { items: FleetNodeSeen[] };
      return new Map(list.items.map((node) => [node.metadata.name, node]));
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

interface Question {
  readonly method: string;
  readonly accept: string;
  readonly body: object | undefined;
}

function answerTo(agent: https.Agent, url: string, { method, accept, body }: Question) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const text = body === undefined ? "" : JSON.stringify(body);
  const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const headers = { accept, "content-type": contentType, "content-length": Buffer.byteLength(text) };
  const outgoing = https.request(url, { method, agent, headers, timeout: 30_000 });
  outgoing.on("timeout", () => outgoing.destroy(new Error(`${method} ${url}: no answer in 30 s`)));
  outgoing.on("error", reject);
  outgoing.on("response", async (response) => {
    const chunks = await response.toArray();
    resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
  });
  outgoing.end(text);
  return promise;
}
