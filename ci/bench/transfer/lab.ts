import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, down, trust, up } from "../../cluster/cluster.ts";
import { runCommand } from "../../run-command.ts";
import { serveBenchFront } from "./bench-front.ts";
import { layerMaker, pushBenchImage, type StoredBenchImage, storedBenchImage } from "./bench-image.ts";
import { blobFile, blobPath } from "./blob-file.ts";
import { cleanNode } from "./clean-node.ts";
import { openImageEvents } from "./image-watch.ts";
import type { BenchLab } from "./lab-types.ts";
import { measureRate } from "./measure-rate.ts";
import { pullCalls } from "./pull-calls.ts";
import { linkBytes, setLinkRate } from "./shaped-link.ts";
import type { ImagePlan, PushedBenchImage } from "./transfer-types.ts";

// A full bucket, a connection's slow start and the rest of a slow link's queue are then a small part of it.
const rateMeasuredMs = 4_000;

/** Which lab is opened. */
export interface LabOptions {
  /** The cluster's name. */
  readonly name: string;
  readonly log: (line: string) => void;
  /** Ends what is slow in it: making images, measuring. */
  readonly signal: AbortSignal;
}

/**
 * Brings the cluster up with one node, and its registry's front, in the place of what an earlier run has left: its images may be others of
 * the same names. Where that fails, nothing is left.
 */
export async function openBenchLab({ name, log, signal }: LabOptions): Promise<BenchLab> {
  await down({ name });
  await using opening = new AsyncDisposableStack();
  opening.defer(() => down({ name, log }));
  const cluster = await up({ name, nodes: 1, log });
  signal.throwIfAborted();
  const [node] = describe(name).nodes;
  if (node?.pid === undefined) throw new Error(`cluster ${name} has no node that runs`);
  const { pid } = node;
  const front = opening.use(
    await serveBenchFront(cluster.gateway, {
      registry: cluster.registry,
      blobFile: (digest) => blobFile(cluster, digest),
    }),
  );
  await trust(cluster, front.address);
  const events = opening.use(await openImageEvents(cluster, node));
  const setLink = (rateMbit: number | undefined) => setLinkRate(node.vethName, rateMbit);
  const calls = pullCalls(node.logFiles.containerd);
  let linkBytesBefore = 0;
  const known = new Map<string, StoredBenchImage>();
  const storedOf = ({ reference }: PushedBenchImage) => {
    const stored = known.get(reference);
    if (stored === undefined) throw new Error(`${reference} was not pushed by this lab`);
    return { reference, stored };
  };
  const ends = opening.move();

  return {
    cluster,
    node,
    socketPath: node.containerdSocket,
    setLink,
    setDelay: (delayMs) => front.setDelay(delayMs),
    counts: async (images) => ({
      requests: front.requests,
      bodyBytes: front.bodyBytes,
      pullImageCalls: calls.count(),
      firstPullAtMs: calls.firstAtMs(images.map(({ reference }) => reference)),
      linkBytes: (await linkBytes(node.vethName)) - linkBytesBefore,
    }),
    clearCounts: async () => {
      linkBytesBefore = await linkBytes(node.vethName);
      front.clear();
      calls.clear();
    },
    pushImages: async (scenario) => {
      const folder = await mkdtemp(join(cluster.folder, "layers-"));
      try {
        const make = layerMaker(folder, signal);
        const pushed: PushedBenchImage[] = [];
        for (const image of scenario.images) {
          const stored = await ensureStored(cluster.registry, scenario.name, image, () =>
            pushBenchImage(cluster.registry, scenario.name, image, make),
          );
          const reference = `${front.address}/${stored.path}`;
          known.set(reference, stored);
          pushed.push({ name: image.name, reference, blobs: stored.blobs });
        }
        await written();
        return pushed;
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    removeAll: async (images) => {
      await cleanNode(cluster, node, images.map(storedOf));
      await written();
    },
    watchImages: async (images) =>
      events.watch(
        images.map(storedOf).map(({ reference, stored }) => ({
          reference,
          repoDigest: `${reference.slice(0, reference.lastIndexOf(":"))}@${stored.digest}`,
        })),
      ),
    measureRate: () => measureRate({ host: cluster.gateway, pid, durationMs: rateMeasuredMs, signal }),
    blobPath: (digest) => blobPath(cluster, digest),
    [Symbol.asyncDispose]: () => ends.disposeAsync(),
  };
}

/** Has the kernel write what it still holds: whoever comes next would have to wait for it. */
async function written(): Promise<void> {
  await runCommand("sync", []);
}

async function ensureStored(
  registry: string,
  scenario: string,
  image: ImagePlan,
  push: () => Promise<void>,
): Promise<StoredBenchImage> {
  const before = await storedBenchImage(registry, scenario, image);
  if (before !== undefined) return before;
  await push();
  const after = await storedBenchImage(registry, scenario, image);
  if (after === undefined)
    throw new Error(`the registry has no bench/${scenario}/${image.name} after its push`);
  return after;
}
