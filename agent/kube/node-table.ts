import type { NodeObject } from "./fleet-objects.ts";
import type { ListQuestion } from "./list.ts";

/**
 * All Nodes with their metadata and whether they are Ready, as the rows of a table: of a Node of 20 kB one. A server that makes no tables
 * sends whole Nodes, which are read as well. For one list and its watches.
 */
export function nodeTable(): ListQuestion {
  let statusColumn = -1;
  return {
    what: "list nodes",
    path: "/api/v1/nodes",
    accept: "application/json;as=Table;g=meta.k8s.io;v=v1, application/json",
    query: { includeObject: "Metadata" },
    objectsIn: (answer: TableObject | NodeListObject | SingleNode) => {
      if (answer.kind === "Node") return [answer];
      if (answer.kind !== "Table") return answer.items ?? [];
      // A watch names the columns in its first table alone.
      if (answer.columnDefinitions) statusColumn = answer.columnDefinitions.findIndex(isStatus);
      return (answer.rows ?? []).map((row) => nodeFromRow(row, statusColumn));
    },
  };
}

interface TableObject {
  readonly kind: "Table";
  readonly columnDefinitions?: readonly { readonly name: string }[] | null;
  readonly rows?: readonly Row[];
}

interface NodeListObject {
  readonly kind: "NodeList";
  readonly items?: readonly NodeObject[];
}

interface SingleNode extends NodeObject {
  readonly kind: "Node";
}

interface Row {
  readonly cells: readonly unknown[];
  readonly object: Pick<NodeObject, "metadata">;
}

function isStatus({ name }: { readonly name: string }): boolean {
  return name === "Status";
}

/** Its status says what `kubectl get nodes` shows: `Ready`, `NotReady` or `Unknown`, and more after a comma. */
function nodeFromRow({ cells, object: { metadata } }: Row, statusColumn: number): NodeObject {
  const words = String(cells[statusColumn]).split(",");
  const status = words.includes("Ready") ? "True" : "False";
  return { metadata, status: { conditions: [{ type: "Ready", status }] } };
}
