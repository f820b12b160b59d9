/** How far one node is. */
export interface NodeProgress {
  readonly name: string;
  /** The label's value; undefined where there is no label. */
  readonly label: string | undefined;
  /** The annotation, as far as it is of interest here; empty where there is none. */
  readonly record: { readonly entries?: number; readonly present?: number; readonly revision?: string };
  /** The prefetching container. */
  readonly container: "waiting" | "running" | "ended";
  readonly isPodReady: boolean;
}

/** One line on how far the node is; equal as long as it has not got further. */
export function progressLine({ name, label, record, container }: NodeProgress): string {
  const { entries = 0, present = 0, revision = "" } = record;
  if (label !== undefined) return `  ${name}  ${label}: ${present} of ${entries} images are there`;
  if (container === "waiting") return `  ${name}  its pod is starting`;
  return `  ${name}  pulling${revision === "" ? "" : ` list ${revision}`}`;
}
