import { down } from "../cluster/cluster.ts";
import { storyClusters } from "./story-clusters.ts";

/** Takes down every story's cluster that is up, also past one that cannot be; then throws what the first said. */
export async function downStoryClusters(): Promise<void> {
  const ends = await Promise.allSettled(Object.values(storyClusters).map((name) => down({ name })));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
