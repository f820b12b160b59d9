import { pushRandomImage } from "../cluster/cluster.ts";

/** An image of the demo's environment and the megabytes that its stand-in weighs. */
interface SampleImage {
  readonly repository: string;
  readonly tag: string;
  readonly megabytes: number;
}

// The images of charts/prefetcher/ci/staging-values.yaml, whose registries resolve to the cluster's own one.
const images: readonly SampleImage[] = [
  { repository: "shop/web", tag: "main", megabytes: 40 },
  { repository: "shop/worker", tag: "main", megabytes: 60 },
  { repository: "library/postgres", tag: "17", megabytes: 120 },
];

/** Pushes a stand-in of some weight for each image of the environment. */
export async function pushSampleImages(registry: string): Promise<void> {
  await Promise.all(
    images.map(({ repository, tag, megabytes }) =>
      pushRandomImage(registry, { repository, tag }, megabytes * 1e6),
    ),
  );
}
