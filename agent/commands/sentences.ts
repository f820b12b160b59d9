// What the commands of the node say where they stop.
import { dirname } from "node:path";
import type { Entry } from "../image-list.ts";
import { keyOf } from "../node-record.ts";
import type { PrefetchSettings } from "../settings.ts";

/** Why nothing is done with the list, as a sentence; undefined where it is as it should be. */
export function problemWithList(
  settings: PrefetchSettings,
  entries: readonly Entry[],
  revision: string,
): string | undefined {
  if (entries.length === 0) {
    return "the list is empty, and an empty list proves nothing: give at least one image (--image or --image-list-file)";
  }
  if (!entries.some(({ isRequired }) => isRequired)) {
    return "the list has no required entry, and so nothing that a label could speak for: leave out required=false for one at least";
  }
  if (settings.revision === undefined || settings.revision === revision) return undefined;
  return (
    `the list has revision ${revision}, but --revision says ${settings.revision}: the list and the chart's values do not ` +
    "belong together (a changed ConfigMap behind existingList needs its new existingList.revision; " +
    "`prefetcher revision` prints it). Nothing was pulled and no label was changed"
  );
}

/** That the runtime could not be used, why, and which sockets there are instead. */
export function noRuntime(settings: PrefetchSettings, why: string, sockets: readonly string[]): string {
  const folder = dirname(settings.criSocket);
  const found =
    sockets.length === 0
      ? `no socket can be seen in ${folder}`
      : `sockets in ${folder}: ${sockets.join(", ")}`;
  return (
    `no container runtime that speaks CRI v1 could be used at ${settings.criSocket} within ` +
    `${settings.runtimeTimeoutMs / 1000} s: ${why}; ${found}. Set criSocket (--cri-socket) to the runtime's socket. ` +
    "No label was changed"
  );
}

/** That the label is another's, and what to do. */
export function foreignOwner(settings: PrefetchSettings, owner: string): string {
  const key = keyOf(settings.instance);
  return (
    `the label ${key} on node ${settings.nodeName} belongs to ${owner}, and this is ${settings.owner}. Nothing more is ` +
    `pulled or written there. Give one of the two another instanceName; or, if ${owner} is gone, set takeOver=${owner}; or remove what ` +
    `it left: prefetcher cleanup --instance ${settings.instance} --owner ${owner}`
  );
}

/** That the verdict is known and could not be written, and why. */
export function unwritten(settings: PrefetchSettings, why: string): string {
  return `the label ${keyOf(settings.instance)} could not be written on node ${settings.nodeName}: ${why}`;
}
