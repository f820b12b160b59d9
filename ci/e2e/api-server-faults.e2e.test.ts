import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { accountOf } from "./support/api-server-account.ts";
import { forbidByPolicy, webhookDown } from "./support/api-server-admission.ts";
import { rejectByPriority } from "./support/api-server-priority.ts";
import { withoutRights } from "./support/api-server-rights.ts";
import { type FaultScene, logOf, openFaultScene } from "./support/fault-scene.ts";
import { type FaultRow, proveFault } from "./support/fault-table.ts";
import { createHold, type Hold } from "./support/hold.ts";
import { removeFromNode } from "./support/node-images.ts";
import { blackHoleApiServer, refuseApiServer } from "./support/packet-fault.ts";
import { untilPrefetchEnded } from "./support/prefetch-end.ts";

const unwritten = "the verdict is not written yet";

describe("the API server", () => {
  let scene: FaultScene;
  before(async () => {
    scene = await openFaultScene("api-faults");
  });
  after(async () => {
    await scene?.[Symbol.asyncDispose]();
  });

  /** Starts a list of one image whose blobs are held, and returns once they are asked for. */
  const startHeld = async (release: string, values = {}): Promise<Hold & { readonly image: string }> => {
    const image = (await scene.push(release)).atFront;
    const hold = createHold(
      ({ kind, repository }) => kind === "blob" && repository === `api-faults/${release}`,
    );
    scene.front.setRule(hold.rule);
    await scene.start(release, [image], values);
    await waitUntil("the pull is under way", 60_000, () => hold.held.length > 0, 50);
    return { ...hold, image };
  };
  const triesOf = async (release: string) =>
    (await logOf(scene.scene, release)).filter(({ msg }) => msg === unwritten);
  const untilTried = (release: string) =>
    waitUntil("a try to write has failed", 60_000, async () => (await triesOf(release)).length > 0);
  const labelsOf = (release: string) =>
    scene.history.of(scene.node, keyOf(release)).map(({ label }) => label);

  interface OutageAtWrite extends FaultRow {
    readonly release: string;
    readonly begin: () => Promise<AsyncDisposable>;
    /** What the log says of a try that failed. */
    readonly says: RegExp;
  }

  const outages: readonly OutageAtWrite[] = [
    {
      row: 15,
      fault: "connections refused when the verdict is written",
      expected: "succeeded once it is back",
      release: "api-refused",
      begin: () => refuseApiServer(scene.node),
      says: /cannot be reached/,
    },
    {
      row: 16,
      fault: "a connection that is half open when the verdict is written",
      expected: "each try ends after 10 s; succeeded once it is back",
      release: "api-half-open",
      begin: () => blackHoleApiServer(scene.node),
      says: /did not answer within 10 s/,
    },
    {
      row: 20,
      fault: "429 with Retry-After from priority and fairness",
      expected: "succeeded once it is over",
      release: "api-throttled",
      begin: () => rejectByPriority(accountOf(scene.scene, "api-throttled")),
      says: /HTTP 429/,
    },
    {
      row: 21,
      fault: "a webhook for nodes is down",
      expected: "succeeded once it is back",
      release: "api-webhook",
      begin: () => webhookDown(accountOf(scene.scene, "api-webhook")),
      says: /HTTP 500/,
    },
  ];
  for (const outage of outages) {
    it(`row ${outage.row}, ${outage.fault}: ${outage.expected}`, async () => {
      await proveFault(outage, async () => {
        const { release } = outage;
        const hold = await startHeld(release);
        {
          await using _fault = await outage.begin();
          hold.release();
          await untilTried(release);
        }
        const end = await scene.untilEnded(release);
        assert.deepEqual(labelsOf(release), [undefined, undefined, "succeeded"]);
        const tries = end.log.filter(({ msg }) => msg === unwritten);
        assert.match(tries[0]?.error ?? "", outage.says);
        return `succeeded after ${tries.length} tries that failed`;
      });
    });
  }

  it("row 15, an image that goes while the verdict cannot be written: failed, and never succeeded", async () => {
    const row = {
      row: 15,
      fault: "away when the verdict is written, and an image is removed meanwhile",
      expected: "failed with evicted, never succeeded",
    };
    await proveFault(row, async () => {
      const hold = await startHeld("api-removed");
      {
        await using _fault = await refuseApiServer(scene.node);
        hold.release();
        await untilTried("api-removed");
        await removeFromNode(scene.node, hold.image);
      }
      const end = await scene.untilEnded("api-removed");
      assert.deepEqual(labelsOf("api-removed"), [undefined, undefined, "failed"]);
      assert.deepEqual(end.failures, [`${hold.image} evicted`]);
      return end.failures.length === 1 ? "failed, evicted" : "";
    });
  });

  for (const [fault, begin, says] of [
    ["rights are gone", withoutRights, /cannot patch resource "nodes"/],
    ["an admission policy refuses", forbidByPolicy, /ValidatingAdmissionPolicy 'fault-/],
  ] as const) {
    it(`row 18, ${fault}: exit 3 with verb, resource and reason; written by the next start once it is over`, async () => {
      const release = begin === withoutRights ? "api-no-rights" : "api-policy";
      const row = {
        row: 18,
        fault: `403 when the verdict is written: ${fault}`,
        expected: "exit 3 that names verb, resource and policy; the next start writes",
      };
      await proveFault(row, async () => {
        const hold = await startHeld(release);
        let message: string;
        {
          await using _fault = await begin(accountOf(scene.scene, release));
          hold.release();
          const ended = await untilPrefetchEnded(scene.scene, release);
          assert.equal(ended.exitCode, 3);
          ({ message } = ended);
        }
        assert.match(message, /could not be written on node .*: patch nodes\//);
        assert.match(message, says);
        const end = await scene.untilEnded(release);
        assert.equal(end.label, "succeeded");
        return "exit 3, then succeeded";
      });
    });
  }

  it("row 22, the Node goes in the middle of a pull: exit 0, and no Node is made", async () => {
    const row = { row: 22, fault: "the Node is deleted in mid pull", expected: "exit 0" };
    await proveFault(row, async () => {
      await using own = await openFaultScene("api-node-gone");
      const image = (await own.push("held")).atFront;
      const hold = createHold(({ kind }) => kind === "blob");
      own.front.setRule(hold.rule);
      await own.start("api-node-gone", [image]);
      await waitUntil("the pull is under way", 60_000, () => hold.held.length > 0, 50);
      await own.scene.kubectl("delete", "node", own.node, "--wait=false");
      hold.release();
      const { exitCode, message } = await untilPrefetchEnded(own.scene, "api-node-gone");
      assert.equal(exitCode, 0);
      assert.match(message, /the Node api-node-gone-1 is gone/);
      assert.equal(await own.scene.kubectl("get", "node", own.node, "--ignore-not-found"), "");
      return "exit 0";
    });
  });

  describe("that is away when a new list starts", () => {
    const release = "api-away";
    let first: string;

    /** Rolls to a new list whose pull is held, with the API server away for the agent from before its start. */
    const startAway = async (
      name: string,
    ): Promise<{ hold: Hold; outage: AsyncDisposable; image: string }> => {
      const image = (await scene.push(name)).atFront;
      const hold = createHold(
        ({ kind, repository }) => kind === "blob" && repository === `api-faults/${name}`,
      );
      scene.front.setRule(hold.rule);
      const outage = await refuseApiServer(scene.node);
      await scene.start(release, [first, image]);
      await waitUntil("the pull is under way", 60_000, () => hold.held.length > 0, 50);
      return { hold, outage, image };
    };

    before(async () => {
      first = (await scene.push("api-away-first")).atOther;
      assert.equal((await scene.prefetch(release, [first])).label, "succeeded");
    });

    it("row 30, pulls all the same, and removes the old `succeeded` as soon as it can", async () => {
      const row = {
        row: 30,
        fault: "away when a new list starts, while the label says succeeded",
        expected: "pulls go on; the label goes when it is back, before the pull has ended",
      };
      await proveFault(row, async () => {
        const { hold, outage } = await startAway("api-away-second");
        assert.equal(scene.history.now(scene.node, keyOf(release)).label, "succeeded");
        await outage[Symbol.asyncDispose]();
        await scene.history.until(scene.node, keyOf(release), ({ label }) => label === undefined);
        assert.equal(
          hold.held.every(({ hungUp }) => !hungUp.aborted),
          true,
          "the pull is still under way",
        );
        hold.release();
        assert.equal((await scene.untilEnded(release)).label, "succeeded");
        assert.deepEqual(labelsOf(release).slice(-3), ["succeeded", undefined, "succeeded"]);
        return "removed during the pull, then succeeded";
      });
    });

    it("row 30, gives up its pull when it finds another owner: exit 4", async () => {
      const row = {
        row: 30,
        fault: "away when a new list starts, and the label gets another owner meanwhile",
        expected: "exit 4, the pull is cancelled, nothing is written",
      };
      await proveFault(row, async () => {
        const { hold, outage } = await startAway("api-away-third");
        const theirs = JSON.stringify({
          v: 1,
          revision: "1-0123456789ab",
          owner: "other/owner",
          verdict: "failed",
        });
        await scene.scene.kubectl(
          "annotate",
          "node",
          scene.node,
          "--overwrite",
          `${keyOf(release)}=${theirs}`,
        );
        await outage[Symbol.asyncDispose]();
        const { exitCode, message } = await untilPrefetchEnded(scene.scene, release);
        assert.equal(exitCode, 4);
        assert.match(message, /belongs to other\/owner/);
        await waitUntil("containerd has given up the pull", 10_000, () =>
          hold.held.every(({ hungUp }) => hungUp.aborted),
        );
        await sleep(500);
        assert.equal(scene.history.now(scene.node, keyOf(release)).record?.owner, "other/owner");
        return "exit 4, pull cancelled";
      });
    });
  });
});
