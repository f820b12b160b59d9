import { isDeepStrictEqual } from "node:util";
import { fieldsOf } from "../../../agent/node-record.ts";
import type { FleetNodeSeen } from "../../e2e/support/fleet-objects.ts";
import { type Expectation, fleetKey, fleetOwner } from "./node-plan.ts";

/** What another writer, whom the bench plays itself, changes on Nodes while agents write. */
export const otherWriterKey = "example.com/seen-by-another-writer";

/** What is wrong with the fleet's Nodes after a wave, a sentence each. */
export interface NodeFaults {
  /** A label or an annotation of the agents' that is missing or says something else than the node's runtime would. */
  readonly marks: readonly string[];
  /** What the agents had no business with, and is not what it was. */
  readonly foreign: readonly string[];
}

/** What the Nodes of a wave are to say of which list. */
export interface Expected {
  readonly revision: string;
  readonly of: (nodeName: string) => Expectation;
}

/** Compares the Nodes before and after a wave in which an agent has run on each of `names`. */
export function faultsOf(
  names: readonly string[],
  before: ReadonlyMap<string, FleetNodeSeen>,
  after: ReadonlyMap<string, FleetNodeSeen>,
  expected: Expected,
): NodeFaults {
  const foreign = [...before.keys()].flatMap(
    (name) => foreignFaultOf(before.get(name), after.get(name)) ?? [],
  );
  const marks = names.flatMap(
    (name) => markFaultOf(after.get(name), expected.revision, expected.of(name)) ?? [],
  );
  return { marks, foreign };
}

function markFaultOf(
  node: FleetNodeSeen | undefined,
  revision: string,
  { verdict, present }: Expectation,
): string | undefined {
  if (node === undefined) return "a Node is gone";
  const { name, labels = {}, annotations = {} } = node.metadata;
  if (labels[fleetKey] !== verdict) return `${name}: the label is ${labels[fleetKey]}, not ${verdict}`;
  const record = fieldsOf(annotations[fleetKey]);
  const said = [record.revision, record.owner, record.verdict, record.present];
  const due = [revision, fleetOwner, verdict, present];
  return isDeepStrictEqual(said, due) ? undefined : `${name}: the annotation says ${said}, not ${due}`;
}

function foreignFaultOf(
  before: FleetNodeSeen | undefined,
  after: FleetNodeSeen | undefined,
): string | undefined {
  const [then, now] = [foreignMarksOf(before), foreignMarksOf(after)];
  const name = before?.metadata.name;
  return isDeepStrictEqual(then, now)
    ? undefined
    : `${name}: ${JSON.stringify(now)} where ${JSON.stringify(then)} was`;
}

function foreignMarksOf(node: FleetNodeSeen | undefined): object {
  const { [fleetKey]: _label, ...labels } = node?.metadata.labels ?? {};
  const {
    [fleetKey]: _annotation,
    [otherWriterKey]: _other,
    ...annotations
  } = node?.metadata.annotations ?? {};
  return { labels, annotations };
}
