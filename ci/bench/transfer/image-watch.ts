import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Cluster, ClusterNode } from "../../cluster/cluster.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { runCommand } from "../../run-command.ts";
import type { ImageWatch } from "./lab-types.ts";

/** An image, and the last name that containerd's CRI gives it: with it the image is known by all its names. */
export interface WatchedImage {
  readonly reference: string;
  /** `HOST:PORT/REPOSITORY@sha256:...` */
  readonly repoDigest: string;
}

/** Listens to what a node's containerd says of images. Disposed of, it listens no more. */
export interface ImageEvents extends AsyncDisposable {
  /** Watches from now on. */
  watch(images: readonly WatchedImage[]): ImageWatch;
}

/** Resolves once it listens. It costs the node nothing but what it says: asking it again and again would. */
export async function openImageEvents(cluster: Cluster, node: ClusterNode): Promise<ImageEvents> {
  const ctr = join(cluster.binDir, "ctr");
  const to = ["--address", node.containerdSocket, "--namespace", "k8s.io"];
  const filters = ['topic=="/images/create"', 'topic=="/namespaces/update"'];
  const child = spawn(ctr, [...to, "events", ...filters], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = endOf(child);
  const listeners = new Set<ImageListener>();
  let isListening = false;
  createInterface(child.stdout).on("line", (line) => {
    isListening = true;
    const event = imageEvent(line);
    if (event === undefined) return;
    const atMs = event.atMs - (Date.now() - performance.now());
    for (const listener of listeners) listener(event.name, atMs);
  });
  // It does not say when it begins to listen, so that something is done of which it has to tell.
  await waitUntil("ctr that listens to containerd's events", 20_000, async () => {
    await runCommand(ctr, [...to, "namespaces", "label", "k8s.io", "bench=listens"]);
    return isListening;
  });
  return {
    watch: (images) => createImageWatch(images, { listeners, ended }),
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
    },
  };
}

/**
 * The image that a line of `ctr events` says was made, and when by the clock (ms since the epoch); undefined for any other line.
 */
export function imageEvent(line: string): { readonly name: string; readonly atMs: number } | undefined {
  const [, day, time, body] =
    /^(\S+) (\d\d:\d\d:\d\d(?:\.\d+)?) \+0000 UTC \S+ \/images\/create (\{.*\})$/.exec(line) ?? [];
  if (body === undefined) return undefined;
  const { name } = JSON.parse(body) as { name: string };
  const [whole = "", fraction = "0"] = (time ?? "").split(".");
  return { name, atMs: Date.parse(`${day}T${whole}Z`) + Number(`0.${fraction}`) * 1000 };
}

/** Where a watch hears of images. */
export interface ImageSource {
  /** Each is told of every image that was made: its name, and when (`performance.now()`). */
  readonly listeners: Set<ImageListener>;
  /** Resolves when nothing is told any more. */
  readonly ended: Promise<void>;
}

type ImageListener = (name: string, atMs: number) => void;

/** A watch for the images, from now on until it is disposed of. */
export function createImageWatch(
  images: readonly WatchedImage[],
  { listeners, ended }: ImageSource,
): ImageWatch {
  const thereAtMs = new Map<string, number>();
  const wanted = new Map(images.map(({ repoDigest, reference }) => [repoDigest, reference]));
  const all = Promise.withResolvers<void>();
  const listen: ImageListener = (name, atMs) => {
    const reference = wanted.get(name);
    if (reference === undefined || thereAtMs.has(reference)) return;
    thereAtMs.set(reference, atMs);
    if (thereAtMs.size === wanted.size) all.resolve();
  };
  listeners.add(listen);
  // Nobody may be waiting for it when it is disposed of, or when ctr ends with the lab.
  all.promise.catch(() => {});
  void ended.then(() => all.reject(new Error("ctr, which listens to containerd, has ended")));
  return {
    thereAtMs,
    allThere: async (signal) => {
      signal.throwIfAborted();
      const aborted = Promise.withResolvers<never>();
      const abort = () => aborted.reject(signal.reason);
      signal.addEventListener("abort", abort);
      try {
        await Promise.race([all.promise, aborted.promise]);
      } finally {
        signal.removeEventListener("abort", abort);
      }
    },
    [Symbol.asyncDispose]: async () => {
      listeners.delete(listen);
      all.reject(new Error("the watch was disposed of before all images were there"));
    },
  };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    // One that could not be started has no `exit`.
    child.once("exit", () => resolve()).once("error", () => resolve());
  });
}
