import { keyOf } from "../../../agent/node-record.ts";
import type { FleetObjects } from "../../e2e/support/fleet-objects.ts";
import { nameOf } from "../../e2e/support/status-fleet.ts";
import { nodeObject } from "../../e2e/support/status-fleet-node.ts";

// Another release's, of which no agent of the fleet may change anything.
const neighbourKey = keyOf("neighbour");

const nodesPath = "/api/v1/nodes";

/** Makes the nodes with numbers from `from` up to, but not including, `to`, each of about `bytes` bytes of JSON. */
export async function createNodes(
  objects: FleetObjects,
  { from, to, bytes }: { readonly from: number; readonly to: number; readonly bytes: number },
): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  await objects.askForAll(numbers, (number) =>
    objects.tell("POST", nodesPath, nodeOf(nameOf(number), bytes)),
  );
}

/** Removes all nodes. */
export async function deleteNodes(objects: FleetObjects): Promise<void> {
  await objects.askForAll([...(await objects.nodes()).keys()], (name) =>
    objects.tell("DELETE", `${nodesPath}/${name}`, {}),
  );
}

/** The bytes of a Node as the API server has it in JSON, by its first. */
export async function sizeOfNodes(objects: FleetObjects): Promise<number> {
  return JSON.stringify(await objects.ask("GET", `${nodesPath}/${nameOf(0)}`)).length;
}

/** A Node of that many bytes, give or take what a kubelet says of one image; of 20 kB it names some fifty. */
export function nodeOf(name: string, bytes: number): object {
  const marks = {
    labels: { [neighbourKey]: "succeeded" },
    annotations: { [neighbourKey]: JSON.stringify({ v: 1, owner: "fleet/neighbour", verdict: "succeeded" }) },
  };
  const node = nodeObject(name, true, marks) as FleetNode;
  const { images } = node.status;
  const bytesOfImage = JSON.stringify(images[0]).length + 1;
  const rest = JSON.stringify(node).length - images.length * bytesOfImage;
  const fitting = Math.max(0, Math.round((bytes - rest - bytesTheServerAdds) / bytesOfImage));
  const { images: _all, ...status } = node.status;
  return {
    ...node,
    status: { ...status, images: Array.from({ length: fitting }, (_, at) => images[at % images.length]) },
  };
}

// Its UID, its times, what it says of a Node that it has defaults for, and who manages the neighbour's marks.
const bytesTheServerAdds = 1_000;

interface FleetNode {
  readonly status: { readonly images: readonly object[] };
}
