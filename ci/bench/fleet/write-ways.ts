import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import { join } from "node:path";
import { nameOf } from "../../e2e/support/status-fleet.ts";
import { apiServerIdle } from "./api-server-idle.ts";
import { type ControlPlaneCost, costBetween, costSoFar } from "./control-plane-cost.ts";
import type { FleetLab } from "./fleet-lab.ts";

/** A way to write a label and an annotation to a Node. */
export interface WriteWay {
  readonly name: string;
  readonly requests: number;
  readonly write: (ask: AskNode, marks: Marks) => Promise<void>;
}

interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A request for the Node; returns it. */
type AskNode = (method: string, contentType?: string, body?: object) => Promise<NodeBody>;

interface NodeBody {
  readonly metadata: Marks & { readonly resourceVersion: string };
}

/** The name of the way that most controllers take. */
export const getAndPut = "GET, then PUT";

const mergePatch = "application/merge-patch+json";

/** As the agent does it, and as others do or might. */
export const writeWays: readonly WriteWay[] = [
  {
    name: "the agent: no-op merge patch, then merge patch with its version",
    requests: 2,
    write: async (ask, marks) => patchFrom(ask, await ask("PATCH", mergePatch, {}), marks),
  },
  {
    name: "GET, then merge patch with its version",
    requests: 2,
    write: async (ask, marks) => patchFrom(ask, await ask("GET"), marks),
  },
  {
    name: getAndPut,
    requests: 2,
    write: async (ask, marks) => {
      const node = await ask("GET");
      const labels = { ...node.metadata.labels, ...marks.labels };
      const annotations = { ...node.metadata.annotations, ...marks.annotations };
      const metadata = { ...node.metadata, labels, annotations };
      await ask("PUT", "application/json", { ...node, metadata });
    },
  },
  {
    name: "merge patch alone",
    requests: 1,
    write: async (ask, marks) => void (await ask("PATCH", mergePatch, { metadata: marks })),
  },
  {
    name: "strategic merge patch alone",
    requests: 1,
    write: async (ask, marks) =>
      void (await ask("PATCH", "application/strategic-merge-patch+json", { metadata: marks })),
  },
];

async function patchFrom(ask: AskNode, { metadata }: NodeBody, marks: Marks): Promise<void> {
  const { resourceVersion } = metadata;
  await ask("PATCH", mergePatch, { metadata: { resourceVersion, ...marks } });
}

/** What a way costs on nodes 0 to `nodes` - 1, in all; `round` makes each call write something else. */
export async function costOfWay(
  { cluster, objects, account }: FleetLab,
  way: WriteWay,
  { nodes, round, signal }: { readonly nodes: number; readonly round: number; readonly signal: AbortSignal },
): Promise<ControlPlaneCost> {
  const key = "bench.example.com/way";
  // As long as an annotation of the agent's is.
  const annotation = JSON.stringify({ round, way: way.name, filler: "x".repeat(200) });
  const marks = { labels: { [key]: `round-${round}` }, annotations: { [key]: annotation } };
  const ca = readFileSync(join(cluster.pkiDir, "ca.crt"));
  const agent = new https.Agent({ keepAlive: true, ca });
  const authorization = `Bearer ${tokenOf(account.kubeconfig)}`;
  const numbers = Array.from({ length: nodes }, (_, number) => number);
  await apiServerIdle(cluster, signal);
  const before = await costSoFar(cluster);
  await objects.askForAll(numbers, (number) => {
    const url = `${cluster.apiServer}/api/v1/nodes/${nameOf(number)}?fieldManager=bench`;
    return way.write((...question) => askNode(url, { agent, authorization }, question), marks);
  });
  const cost = costBetween(before, await costSoFar(cluster));
  agent.destroy();
  return cost;
}

async function askNode(
  url: string,
  { agent, authorization }: { readonly agent: https.Agent; readonly authorization: string },
  [method, contentType, body]: Parameters<AskNode>,
): Promise<NodeBody> {
  const type = contentType === undefined ? {} : { "content-type": contentType };
  const headers = { accept: "application/json", authorization, ...type };
  const sent = https.request(url, { method, agent, headers });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
  if (response.statusCode !== 200) throw new Error(`${method} ${url}: ${response.statusCode} ${text}`);
  return JSON.parse(text) as NodeBody;
}

function tokenOf(kubeconfig: string): string {
  const { users } = JSON.parse(readFileSync(kubeconfig, "utf8")) as {
    users: readonly { user: { token: string } }[];
  };
  return users[0]?.user.token ?? "";
}
