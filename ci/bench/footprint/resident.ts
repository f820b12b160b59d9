import { waitUntil } from "../../cluster/wait-until.ts";
import { agentPod } from "../../e2e/support/agent-pod.ts";
import { argumentsOf } from "../../e2e/support/agent-process.ts";
import { containerProcesses, type ProcessSeen } from "../../e2e/support/container-processes.ts";
import { type PodOnNode, untilPodOnNode } from "../../e2e/support/pod-on-node.ts";
import { agentRepository, ensureAgentImage } from "../../image/ensure-agent-image.ts";
import type { Bar, BenchOptions } from "../section.ts";
import type { FootprintLab } from "./footprint-lab.ts";
import type { PartResult } from "./part.ts";
import { type ReservingPod, reservedBy } from "./reserved.ts";

/** A release whose pod has come to rest, and what it may hold then. */
interface Rest {
  readonly release: string;
  readonly what: string;
  readonly atMostMiB: number;
  readonly values: (lab: FootprintLab) => object;
  /** Which of the pod's containers rests, and the name of what rests in it. */
  readonly container: "main" | "prefetch";
  readonly program: string;
}

const there = ({ job }: FootprintLab) => job.images.slice(0, 1);

const once: Rest = {
  release: "once",
  what: "resident after the work, mode once",
  atMostMiB: 1,
  values: (lab) => ({ images: there(lab) }),
  container: "main",
  program: "/pause",
};

const others: readonly Rest[] = [
  {
    release: "waiting",
    what: "resident, failed and waiting for the next round",
    atMostMiB: 2,
    values: (lab) => ({
      images: [...there(lab), `${lab.front.address}/footprint/absent:1`],
      pull: { retry: { initialDelay: "30m", maxDelay: "60m" } },
    }),
    container: "prefetch",
    program: "snooze",
  },
  {
    release: "keeping",
    what: "resident, mode keep, between two looks",
    atMostMiB: 2,
    values: (lab) => ({ images: there(lab), mode: "keep", keep: { interval: "10m" } }),
    container: "main",
    program: "snooze",
  },
];

/** What a pod of the chart holds on the node when it has come to rest, alone there, and what the scheduler reserves for it. */
export async function measureResident(lab: FootprintLab, options: BenchOptions): Promise<PartResult> {
  await ensureAgentImage(`${lab.cluster.registry}/${agentRepository}`, options.log);
  const bars: Bar[] = [];
  const rows: string[][] = [];
  const data: Record<string, unknown> = {};
  for (const rest of options.isQuick ? [once] : [once, ...others]) {
    options.signal.throwIfAborted();
    const { pod, processes } = await comeToRest(lab, rest);
    const pssMiB = mebibytes(processes, "proportionalSetSizeBytes");
    const rssMiB = mebibytes(processes, "residentSetSizeBytes");
    const seen = `${pssMiB.toFixed(2)} MiB`;
    const bar = `${rest.atMostMiB} MiB PSS at most`;
    const isReached = pssMiB > 0 && pssMiB <= rest.atMostMiB;
    bars.push({ what: rest.what, bar, seen, isReached, isGate: true });
    rows.push([rest.what, seen, `${rssMiB.toFixed(2)} MiB`, String(processes.length)]);
    data[rest.release] = { pssMiB, rssMiB };
    if (rest === once) bars.push(reservedBar(pod));
    await remove(lab, rest, pod);
  }
  const title = "Memory of the container that stays, all its processes";
  return { tables: [{ title, rows: [["", "PSS", "RSS", "processes"], ...rows] }], bars, data, notes: [] };
}

interface Resting {
  readonly spec: ReservingPod;
  readonly seen: PodOnNode;
}

async function comeToRest(lab: FootprintLab, { release, values, container, program }: Rest) {
  const { scene, job } = lab;
  await scene.install(release, values(lab));
  const seen = await untilPodOnNode(scene, release, job.node, (pod) => pod[container].isRunning);
  const look = () => containerProcesses(job.node, seen.uid, seen[container].id ?? "");
  const isAtRest = () => look().some(({ pid }) => argumentsOf(pid)[0] === program);
  await waitUntil(`${release} rests`, 60_000, isAtRest);
  const { spec } = await agentPod(scene, release);
  return { pod: { spec, seen } satisfies Resting, processes: look() };
}

/** Nothing of the pod runs any more when this returns: what two pods share would make the next one's figure smaller. */
async function remove({ scene, job }: FootprintLab, { release, container }: Rest, { seen }: Resting) {
  await scene.helm("uninstall", release, "--no-hooks", "--wait=false");
  const processes = () => containerProcesses(job.node, seen.uid, seen[container].id ?? "");
  await waitUntil(`${release} is gone`, 60_000, () => processes().length === 0);
}

function mebibytes(
  processes: readonly ProcessSeen[],
  field: "proportionalSetSizeBytes" | "residentSetSizeBytes",
): number {
  return processes.reduce((sum, seen) => sum + seen[field], 0) / 2 ** 20;
}

function reservedBar({ spec }: Resting): Bar {
  const [cpu, memory] = [reservedBy(spec, "cpu"), reservedBy(spec, "memory")];
  return {
    what: "reserved per node by the scheduler",
    bar: "10m CPU and 32Mi at most",
    seen: `${cpu}m CPU and ${memory}Mi`,
    isReached: cpu <= 10 && memory <= 32,
    isGate: true,
  };
}
