import type { FleetNode, FleetNodeStatus } from "../fleet/fleet-api.ts";

/** A Node that tests change: `write` as an agent would, which gives it another version. */
export interface FakeNode {
  readonly name: string;
  version: number;
  isReady: boolean;
  readonly labels: Map<string, string>;
  readonly annotations: Map<string, string>;
  /** Sets label and annotation of `key`, or removes what is undefined. */
  write(key: string, label: string | undefined, annotation: string | undefined): void;
}

/** A Node that is Ready and has no marks. */
export function fakeNode(name: string): FakeNode {
  const node: FakeNode = {
    name,
    version: 1,
    isReady: true,
    labels: new Map(),
    annotations: new Map(),
    write: (key, label, annotation) => {
      set(node.labels, key, label);
      set(node.annotations, key, annotation);
      node.version += 1;
    },
  };
  return node;
}

function set(map: Map<string, string>, key: string, value: string | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

/** The Node as it is read by now. */
export function nodeOf({ name, version, labels, annotations }: FakeNode): FleetNode {
  return {
    name,
    resourceVersion: String(version),
    labels: Object.fromEntries(labels),
    annotations: Object.fromEntries(annotations),
  };
}

/** The same with whether it is Ready. */
export function nodeStatusOf(node: FakeNode): FleetNodeStatus {
  return { ...nodeOf(node), isReady: node.isReady };
}
