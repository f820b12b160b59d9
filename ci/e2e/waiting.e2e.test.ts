import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import type { CommandEnd } from "./support/command-end.ts";
import { createHold } from "./support/hold.ts";
import { openWaitingScene, type WaitingScene } from "./support/waiting-scene.ts";
import { createWaitingTable, type ExpectedCell, waitingColumns } from "./support/waiting-table.ts";

const [withHelm3, withHelm4, rolloutStatus, helmTest] = waitingColumns;
const rows = {
  succeeded: "all nodes come to `succeeded`",
  failed: "a node comes to `failed`",
  continued: "the same with `pull.onFailure: continue`",
  dead: "a node dies that has a pod already",
  notReady: "a node is NotReady from the start",
  none: "no node is chosen",
} as const;

const atOnce = { exitCode: 0, means: "passes at once, before the labels" } as const;
const timesOut = { exitCode: 1, means: "waits until its timeout, and fails" } as const;
const untilNotReady = "fails, and passes without it once it is NotReady";
const fails = { exitCode: 1, means: "fails, and says which nodes and why" } as const;

describe("what waits for a release, and what does not", () => {
  const table = createWaitingTable(Object.values(rows));
  let world: WaitingScene;
  let both: readonly [string, string];
  let withDead: readonly [string, string];
  let installOnDead: Promise<CommandEnd>;

  before(async () => {
    world = await openWaitingScene("waiting");
    both = world.nodes;
    withDead = [world.nodes[0], world.dead];
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
    console.log(table.markdown());
  });

  /** Waits for the end, and notes it with the release's labels of that moment on these nodes. */
  const cell = async (
    place: readonly [row: string, column: (typeof waitingColumns)[number]],
    [release, nodes]: readonly [string, readonly string[]],
    command: Promise<CommandEnd>,
    expected: ExpectedCell,
  ): Promise<CommandEnd> => {
    const end = await command;
    table.note(...place, end, world.labelsOf(release, nodes), expected);
    return end;
  };

  // Alone and first: all of it has to begin before the cluster notices.
  it("tries it where a node has died, before that is known", async () => {
    const values = { images: [world.imageOf("there")], nodeSelector: world.chosen.withDead };
    const first = world.install(3, "waiting-dead3", values);
    await cell([rows.dead, withHelm3], ["waiting-dead3", []], first, { ...atOnce, labels: [] });
    installOnDead = world.install(4, "waiting-dead4", values, "12s");
    await cell([rows.dead, helmTest], ["waiting-dead3", []], world.test("waiting-dead3"), {
      ...{ exitCode: 1, labels: [], means: untilNotReady },
      says: /waiting-3 +working +its pod has not written anything yet/,
    });
  });

  describe("by each way of waiting", { concurrency: 4 }, () => {
    it("tries it where a node has died, once that is known", async () => {
      const values = { images: [world.imageOf("there")], nodeSelector: world.chosen.withDead };
      const dead3 = ["waiting-dead3", withDead] as const;
      const labels = ["succeeded", "-"];
      await cell([rows.dead, withHelm4], ["waiting-dead4", withDead], installOnDead, {
        ...{ ...timesOut, labels },
        says: /DaemonSet\/waiting\/waiting-dead4-prefetcher not ready.*Available: [01]\/2.*deadline exceeded/s,
      });
      await world.noticed;
      await cell([rows.dead, rolloutStatus], dead3, world.rollout("waiting-dead3", "5s"), {
        ...{ ...timesOut, labels },
        says: /1 of 2 updated pods are available.*\nerror: timed out waiting for the condition/s,
      });
      await cell([rows.dead, helmTest], dead3, world.test("waiting-dead3", 4, "--logs"), {
        ...{ exitCode: 0, labels, means: untilNotReady },
        says: /NOTE +1 node is not Ready and left out: waiting-3/,
      });
      await world.scene.upgrade("waiting-dead3", {
        ...values,
        hookPods: { nodeSelector: world.chosen.both },
        test: { includeNotReady: true },
      });
      const counted = await world.test("waiting-dead3");
      assert.equal(counted.exitCode, 1, counted.text);
      assert.match(counted.text, /waiting-3 +working, not Ready/);
    });

    it("tries it where all succeed, while they pull and afterwards", async () => {
      const values = { images: [world.imageOf("held")], nodeSelector: world.chosen.both };
      const [good3, good4] = [["waiting-good3", both] as const, ["waiting-good4", both] as const];
      const done = { exitCode: 0, labels: ["succeeded", "succeeded"] } as const;
      const waits = { ...done, means: "passes once all say `succeeded`" };
      const hold = createHold(({ kind, repository }) => kind === "blob" && repository === "waiting/held");
      world.front.setRule(hold.rule);
      try {
        const first = world.install(3, "waiting-good3", values);
        await cell([rows.succeeded, withHelm3], good3, first, { ...atOnce, labels: ["-", "-"] });
        let ended = 0;
        const waiting = [
          cell([rows.succeeded, withHelm4], good4, world.install(4, "waiting-good4", values), waits),
          cell([rows.succeeded, rolloutStatus], good3, world.rollout("waiting-good3"), waits),
        ].map((each) => each.then(() => ended++));
        const pullingNodes = () => new Set(hold.held.map(({ from }) => from)).size;
        await waitUntil("both nodes pull", 60_000, () => pullingNodes() === 2);
        // It takes a few seconds, in which what waits would have returned.
        const early = await world.test("waiting-good3");
        assert.equal(early.exitCode, 1, early.text);
        for (const node of both) assert.match(early.text, new RegExp(`${node} +working +0/1 +pulling`));
        assert.equal(ended, 0, "nothing that waits has returned");
        hold.release();
        await Promise.all(waiting);
      } finally {
        hold.release();
      }
      const passes = { ...done, means: "passes" };
      await cell([rows.succeeded, helmTest], good4, world.test("waiting-good4", 4, "--logs"), {
        ...passes,
        says: /2 of 2 nodes \(100 %\) say `succeeded`; 100 % have to\. Nothing is wrong\./,
      });
      await cell([rows.succeeded, helmTest], good3, world.test("waiting-good3", 3), passes);
    });

    it("tries it where a node fails", async () => {
      const values = { images: [world.imageOf("absent")], nodeSelector: world.chosen.both };
      const labels = ["succeeded", "failed"];
      const row = rows.failed;
      const bad3 = ["waiting-bad3", both] as const;
      const first = world.install(3, "waiting-bad3", values);
      await cell([row, withHelm3], ["waiting-bad3", both.slice(1)], first, { ...atOnce, labels: ["-"] });
      await world.history.untilLabelled(both.slice(1), keyOf("waiting-bad3"), "failed");
      await Promise.all([
        cell([row, withHelm4], ["waiting-bad4", both], world.install(4, "waiting-bad4", values, "12s"), {
          ...{ ...timesOut, labels },
          says: /not ready\. status: InProgress, message: Available: [01]\/2\ncontext deadline exceeded/,
        }),
        cell([row, rolloutStatus], bad3, world.rollout("waiting-bad3", "5s"), {
          ...{ ...timesOut, labels },
          says: /[01] of 2 updated pods are available.*\nerror: timed out waiting for the condition/s,
        }),
      ]);
      const says = new RegExp(`${both[1]} +failed +0/1 +${world.imageOf("absent")}: not_found`);
      for (const version of [4, 3] as const)
        await cell([row, helmTest], bad3, world.test("waiting-bad3", version), { ...fails, labels, says });
    });

    it("tries it where a node fails and gives up", async () => {
      const values = {
        images: [world.imageOf("absent")],
        nodeSelector: world.chosen.both,
        pull: { onFailure: "continue" },
      };
      const labels = ["succeeded", "failed"];
      const row = rows.continued;
      const given = ["waiting-given4", both] as const;
      const done = { exitCode: 0, labels, means: "passes once all say `succeeded` or `failed`" } as const;
      const first = world.install(3, "waiting-given3", values);
      await cell([row, withHelm3], ["waiting-given3", []], first, { ...atOnce, labels: [] });
      await cell([row, withHelm4], given, world.install(4, "waiting-given4", values), done);
      await cell([row, rolloutStatus], given, world.rollout("waiting-given4"), done);
      const says = new RegExp(`${both[1]} +failed`);
      await cell([row, helmTest], given, world.test("waiting-given4"), { ...fails, labels, says });
    });

    it("tries it where no node is chosen", async () => {
      const values = { images: [world.imageOf("there")], nodeSelector: world.chosen.none };
      const row = rows.none;
      const none = ["waiting-none", []] as const;
      const passes = { exitCode: 0, labels: [], means: "passes at once" } as const;
      await cell([row, withHelm4], none, world.install(4, "waiting-none", values), passes);
      await cell([row, rolloutStatus], none, world.rollout("waiting-none"), passes);
      await cell([row, withHelm3], none, world.install(3, "waiting-none3", values), passes);
      for (const version of [4, 3] as const)
        await cell([row, helmTest], none, world.test("waiting-none", version), {
          ...{ exitCode: 1, labels: [], means: "fails, and says that none is chosen" },
          says: /PROBLEM +DaemonSet waiting\/waiting-none-prefetcher chooses no node/,
        });
    });

    it("tries it where a node is NotReady", async () => {
      const values = { images: [world.imageOf("there")], nodeSelector: world.chosen.withDead };
      const row = rows.notReady;
      const labels = ["succeeded", "-"];
      const waits = { exitCode: 0, labels, means: "passes once all others say `succeeded`" } as const;
      await world.noticed;
      await Promise.all([
        cell([row, withHelm3], ["waiting-away3", []], world.install(3, "waiting-away3", values), {
          ...atOnce,
          labels: [],
        }),
        cell([row, withHelm4], ["waiting-away4", withDead], world.install(4, "waiting-away4", values), waits),
      ]);
      const away4 = ["waiting-away4", withDead] as const;
      await cell([row, rolloutStatus], away4, world.rollout("waiting-away4"), waits);
      await cell([row, helmTest], away4, world.test("waiting-away4"), {
        ...{ exitCode: 0, labels, means: "passes without it" },
      });
    });
  });
});
