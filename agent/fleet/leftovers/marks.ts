import { keyOf, standingRecordFrom } from "../../node-record.ts";
import { isOwner } from "../../owner.ts";
import type { FleetNode } from "../fleet-api.ts";

/** What stands on one Node under one key: a label, an annotation, or both. */
export interface Mark {
  readonly key: string;
  readonly instance: string;
  /** The label's value; undefined where only the annotation stands there. */
  readonly label: string | undefined;
  /** The owner that the annotation names; undefined where there is none, or where that can be no owner. */
  readonly owner: string | undefined;
}

/** All marks of a Node, of whatever instance. */
export function marksOn({ labels, annotations }: FleetNode): readonly Mark[] {
  const keys = new Set([...Object.keys(labels), ...Object.keys(annotations)]);
  return [...keys].map((key) => {
    const { owner } = standingRecordFrom(annotations[key]);
    return {
      key,
      instance: key.slice(keyOf("").length),
      label: labels[key],
      owner: owner !== undefined && isOwner(owner) ? owner : undefined,
    };
  });
}
