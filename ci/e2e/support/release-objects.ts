import { waitUntil } from "../../cluster/wait-until.ts";
import type { Scene } from "./scene.ts";

// Each kind that the chart makes, and what is made of those.
const kinds = [
  "daemonsets",
  "controllerrevisions",
  "jobs",
  "pods",
  "serviceaccounts",
  "roles",
  "rolebindings",
  "clusterroles",
  "clusterrolebindings",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
];

/** The names of all objects of a release, its hooks' among them, as `KIND/NAME`. */
export async function objectsOf(scene: Scene, release: string): Promise<readonly string[]> {
  const selector = `app.kubernetes.io/instance=${release}`;
  const names = await scene.kubectl("get", kinds.join(","), "-l", selector, "-o", "name");
  return names.split("\n").filter(Boolean);
}

/** Waits up to 20 s until nothing is left of a release, which the cluster's own collector of garbage needs a moment for. */
export async function untilNothingIsLeft(scene: Scene, release: string): Promise<void> {
  let left: readonly string[] = [];
  const isGone = async () => {
    left = await objectsOf(scene, release);
    return left.length === 0;
  };
  await waitUntil(`nothing is left of ${release}`, 20_000, isGone, 500).catch((error: Error) => {
    throw new Error(`${error.message}: ${left.join(", ")}`, { cause: error });
  });
}
