import { setTimeout as sleep } from "node:timers/promises";
import { keyOf } from "../../agent/node-record.ts";
import { type Cluster, up } from "../cluster/cluster.ts";
import { ensureAgentImage } from "../image/ensure-agent-image.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { nextSteps } from "./next-steps.ts";
import { type NodeProgress, progressLine } from "./progress-line.ts";
import { pushSampleImages } from "./sample-images.ts";

const release = "my-images";
const key = keyOf(release);
const values = "charts/prefetcher/ci/staging-values.yaml";

// Two nodes with a warm cache take seconds; this is for a machine that is busy.
const limitMs = 300_000;

/** Brings everything up and prints what happens, ending with what the reader may try next. Running it twice is fine. */
export async function showDemo(name: string, log: (line: string) => void): Promise<void> {
  const cluster = await up({ name, nodes: 2, log });
  log("building and pushing the agent's image and the sample images");
  // Under the name in the environment's values, and under the chart's default for what the reader tries next.
  for (const repository of ["platform/prefetcher", "stackrox/prefetcher"]) {
    await ensureAgentImage(`${cluster.registry}/${repository}`, log);
  }
  await pushSampleImages(cluster.registry);

  const verb = (await isInstalled(cluster)) ? "upgrade" : "install";
  const command = ["helm", verb, release, "./charts/prefetcher", "-f", values];
  log(`\n$ ${command.join(" ")}`);
  await run(cluster, "helm", ...command.slice(1));
  await watchNodes(cluster, log);

  log(`\n$ kubectl get nodes -L ${key}`);
  log((await run(cluster, "kubectl", "get", "nodes", "-L", key)).trimEnd());

  log("\na pod that asks for a node where every image is there:");
  await runCommand("kubectl", ["apply", "-f", "-"], {
    env: environmentOf(cluster),
    input: JSON.stringify(shopPod(cluster)),
  });
  await run(cluster, "kubectl", "wait", "--for=condition=Ready", "pod/shop", "--timeout=60s");
  log((await run(cluster, "kubectl", "get", "pod", "shop", "-o", "wide")).trimEnd());
  for (const line of whatNext(name)) log(line);
}

async function isInstalled(cluster: Cluster): Promise<boolean> {
  return (await run(cluster, "helm", "list", "--short", "--filter", `^${release}$`)).trim() !== "";
}

/** A workload with the affinity that the README shows. */
function shopPod(cluster: Cluster): object {
  const matchExpressions = [{ key, operator: "In", values: ["succeeded"] }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "shop", namespace: "default" },
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
        },
      },
      terminationGracePeriodSeconds: 1,
      containers: [{ name: "shop", image: `${cluster.registry}/pause:3.10` }],
    },
  };
}

/** Prints a line whenever a node has got further, until each has a verdict. */
async function watchNodes(cluster: Cluster, log: (line: string) => void): Promise<void> {
  const told = new Map<string, string>();
  const endMs = performance.now() + limitMs;
  for (;;) {
    const nodes = await progressOf(cluster);
    for (const node of nodes) {
      const line = progressLine(node);
      if (told.get(node.name) !== line) log(line);
      told.set(node.name, line);
    }
    if (nodes.every(({ label, isPodReady }) => label !== undefined && isPodReady)) return;
    if (performance.now() > endMs) {
      throw new Error(
        `some node has no label after ${limitMs / 1000} s: kubectl describe pods -l app.kubernetes.io/instance=${release}`,
      );
    }
    await sleep(300);
  }
}

async function progressOf(cluster: Cluster): Promise<readonly NodeProgress[]> {
  const [nodes, pods] = await Promise.all([
    run(cluster, "kubectl", "get", "nodes", "-o", "json"),
    run(cluster, "kubectl", "get", "pods", "-l", `app.kubernetes.io/instance=${release}`, "-o", "json"),
  ]);
  const podList = (JSON.parse(pods) as { items: PodObject[] }).items;
  return (JSON.parse(nodes) as { items: NodeObject[] }).items.map(({ metadata }) => {
    const status = podList.find(({ spec }) => spec.nodeName === metadata.name)?.status;
    const init = status?.initContainerStatuses?.[0]?.state ?? {};
    return {
      name: metadata.name,
      label: metadata.labels?.[key],
      record: JSON.parse(metadata.annotations?.[key] ?? "{}"),
      container: init.terminated !== undefined ? "ended" : init.running !== undefined ? "running" : "waiting",
      isPodReady:
        status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
    };
  });
}

interface NodeObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

interface PodObject {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly initContainerStatuses?: readonly { readonly state: { running?: object; terminated?: object } }[];
  };
}

function whatNext(name: string): readonly string[] {
  const here = name === "demo" ? "" : ` --name ${name}`;
  return [
    "",
    "The cluster stays up. To use it in this shell:",
    `  eval "$(npm run --silent cluster -- env --name ${name})"`,
    "Three things to try next:",
    ...nextSteps(name, release).map(({ command, shows }) => `  ${command}   # ${shows}`),
    `To end it:  npm run demo -- down${here}`,
  ];
}

async function run(cluster: Cluster, program: string, ...args: readonly string[]): Promise<string> {
  return (await runCommand(program, args, { env: environmentOf(cluster), cwd: root })).stdout;
}

function environmentOf(cluster: Cluster): NodeJS.ProcessEnv {
  return { ...process.env, ...cluster.environment };
}
