import type { Cluster, ClusterNode } from "../../cluster/cluster.ts";
import type { PushedBenchImage, TransferScenario } from "./transfer-types.ts";

/** What the registry and the runtime were asked since the counts were last cleared. */
export interface BenchCounts {
  /** Requests that the node made of the registry. */
  readonly requests: number;
  /** Bytes of bodies that the registry sent to the node; of a transfer that was broken off, what the kernel had taken by then. */
  readonly bodyBytes: number;
  /** PullImage calls that the runtime was asked, whoever asked. */
  readonly pullImageCalls: number;
  /** When the runtime was first asked for one of the images (`performance.now()`); undefined where it was for none. */
  readonly firstPullAtMs: number | undefined;
  /** Bytes that went over the link to the node: bodies as far as they got there, with the headers of all layers. */
  readonly linkBytes: number;
}

/** Sees images come to the node while a contender pulls them. Disposed of, it stops looking. */
export interface ImageWatch extends AsyncDisposable {
  /** When an image was first there (`performance.now()`), by its reference; one that has not come is missing. */
  readonly thereAtMs: ReadonlyMap<string, number>;
  /** Resolves when all are there; rejects where the signal aborts or the watch ended before. */
  allThere(signal: AbortSignal): Promise<void>;
}

/** One real node of a cluster of its own, behind a link and a registry that the bench controls. Disposed of, all of it is gone. */
export interface BenchLab extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly node: ClusterNode;
  /** containerd's socket, as this machine sees it. */
  readonly socketPath: string;
  /** Gives what the node receives that rate, in Mbit/s; undefined leaves it unshaped. */
  setLink(rateMbit: number | undefined): Promise<void>;
  /** Lets the registry wait so many milliseconds before it answers a request; 0 is not at all. */
  setDelay(delayMs: number): void;
  /** What was asked since `clearCounts` to pull these images. To be read when nothing is pulled any more. */
  counts(images: readonly PushedBenchImage[]): Promise<BenchCounts>;
  clearCounts(): Promise<void>;
  /** The scenario's images, in its order. Those that lie in the registry already are not pushed again. */
  pushImages(scenario: Pick<TransferScenario, "name" | "images">): Promise<readonly PushedBenchImage[]>;
  /** Takes the images off the node; returns when nothing of them is in the runtime's content store and snapshots. Throws where it stays. */
  removeAll(images: readonly PushedBenchImage[]): Promise<void>;
  /** Watches from now on; resolves once it does. None of the images may be there yet. */
  watchImages(images: readonly PushedBenchImage[]): Promise<ImageWatch>;
  /** What a process in the node's network gets over the link as it is, in Mbit/s of bodies. Takes some seconds. */
  measureRate(): Promise<number>;
  /** The file in which the registry keeps the blob of that digest. */
  blobPath(digest: string): string;
}
