import { pushRandomImage } from "../../cluster/cluster.ts";
import { testCluster } from "./scene.ts";

/** Pushes an image of `bytes` random bytes (default 1000) to the test cluster's registry. */
export async function pushSampleImage(repository: string, tag = "1", bytes = 1000): Promise<void> {
  await pushRandomImage(testCluster().registry, { repository, tag }, bytes);
}
