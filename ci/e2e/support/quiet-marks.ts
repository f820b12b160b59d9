import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "../../cluster/wait-until.ts";
import type { NodeHistory } from "./node-history.ts";
import { nodeNow } from "./node-now.ts";

/** Marks of Nodes under which nothing more is to happen. */
export interface QuietMarks {
  /** From what stands there now on, nothing may change under `key` on these nodes. */
  begin(nodes: readonly string[], key: string): Promise<void>;
  /** Waits until the last `begin` is a minute ago, and fails with every change that there was since each. */
  end(): Promise<void>;
}

// The longest that a round, a restart of its pod or a try at the API server takes with the stories' short waits.
const quietMs = 60_000;

/** Keeps an eye on marks by way of this history, so that one wait at a file's end is enough for all of its stories. */
export function createQuietMarks(history: NodeHistory): QuietMarks {
  const begun: { readonly node: string; readonly key: string; readonly states: number }[] = [];
  let lastMs = 0;
  return {
    begin: async (nodes, key) => {
      for (const node of nodes) {
        const { label, record } = await nodeNow(node, key);
        const hasSeen = () => {
          const seen = history.now(node, key);
          return seen.label === label && seen.record?.owner === record?.owner;
        };
        // What stands there may still be on its way to the watch.
        await waitUntil(`the history has what stands under ${key} on ${node}`, 5_000, hasSeen, 20);
        begun.push({ node, key, states: history.of(node, key).length });
      }
      lastMs = performance.now();
    },
    end: async () => {
      assert.notEqual(begun.length, 0, "there is nothing to keep an eye on");
      await sleep(lastMs + quietMs - performance.now());
      const changes = begun.flatMap(({ node, key, states }) => history.of(node, key).slice(states));
      assert.deepEqual(changes, []);
    },
  };
}
