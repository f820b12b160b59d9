/** A layer as the bench makes it: what it holds decides whether the link or the processor has more to do with it. */
export interface LayerPlan {
  /** Layers of the same name are the same blob, in whatever images they stand. */
  readonly name: string;
  /** About how many bytes a node downloads for it. */
  readonly bytes: number;
  /** `random` does not compress and is one file; `files` is text in thousands of files, which takes a processor long for each byte of it. */
  readonly content: "random" | "files";
}

/** An image as the bench makes it. The lowest layer of each is a program that ends at once, so that a kubelet can run it. */
export interface ImagePlan {
  /** Its repository's last part, unique in the scenario. */
  readonly name: string;
  readonly layers: readonly LayerPlan[];
}

/** What is pulled, over which link. */
export interface TransferScenario {
  /** `link-bound` */
  readonly name: string;
  /** One sentence: what it is like, and what bounds it. */
  readonly about: string;
  /** The link's rate in Mbit/s; undefined leaves it as it is. */
  readonly rateMbit: number | undefined;
  /** How long the registry waits before it answers a request, in milliseconds. */
  readonly delayMs: number;
  /** In the order in which a user lists them. */
  readonly images: readonly ImagePlan[];
  /** The contenders by name, the agent as shipped first. */
  readonly contenders: readonly string[];
  /** How often each contender runs unless the user says otherwise; the command's default where it is left out. */
  readonly repeats?: number;
}

/** An image that lies in the registry. */
export interface PushedBenchImage {
  readonly name: string;
  /** What a contender pulls: `HOST:PORT/REPOSITORY:TAG`. */
  readonly reference: string;
  /** Its blobs, the configuration among them, lowest layer first. */
  readonly blobs: readonly { readonly digest: string; readonly bytes: number }[];
}

/** What a contender is to do. */
export interface PullJob {
  /** In the order in which they are listed. */
  readonly images: readonly PushedBenchImage[];
  readonly signal: AbortSignal;
}

/** What only the contender itself can tell of a run. */
export interface ContenderRun {
  /**
   * When its work began (`performance.now()`): the process was executed; of the kubelet and of the stand-in for the reference, when it
   * made its first PullImage call.
   */
  readonly startedAtMs: number;
  /** Processor time of its process, in seconds; undefined where it has none of its own. */
  readonly cpuSeconds?: number;
  /** Peak of its resident memory, in MiB. */
  readonly peakRssMiB?: number;
}

/** Somebody who pulls images onto the bench's node. */
export interface Contender {
  readonly name: string;
  /** One sentence for the report's legend. */
  readonly about: string;
  /** Pulls all images; returns once it has ended by itself. Throws where it failed, with what it said. */
  run(job: PullJob): Promise<ContenderRun>;
}

/** One run of one contender, as the report has it. */
export interface TransferRun {
  readonly scenario: string;
  readonly contender: string;
  readonly round: number;
  /** From the contender's start until the last image was there, in seconds. */
  readonly seconds: number;
  /** The same from the first PullImage call on: without what a process takes to start. Undefined where the runtime has noted none. */
  readonly pullingSeconds: number | undefined;
  /** From its start until an image was there, the mean over the images, in seconds. */
  readonly meanSeconds: number;
  /** Bytes of bodies that the registry sent, over the bytes of all different blobs of the images. */
  readonly bytesRatio: number;
  /** Bytes that went over the link, headers and all, over the same. */
  readonly linkRatio: number;
  /** Requests that the registry was asked. */
  readonly requests: number;
  /** PullImage calls that the runtime was asked. */
  readonly pullImageCalls: number;
  readonly cpuSeconds: number | undefined;
  readonly peakRssMiB: number | undefined;
}

/**
 * What the work takes at least with the link and with gzip and tar, measured in the same bench, in seconds. A runtime that unpacks
 * faster than these two can be below it where unpacking is what takes long.
 */
export interface Bounds {
  /** Different bytes over the measured rate. */
  readonly link: number;
  /** Processor time that gzip and tar take for every different layer, over the number of cores. */
  readonly unpack: number;
  /** The longest that a single image takes by itself: its requests one after the other with its bytes, or its layers' unpacking. */
  readonly chain: number;
  /** The largest of the three. */
  readonly bound: number;
  /** The rate that was measured, in Mbit/s. */
  readonly measuredMbit: number;
}
