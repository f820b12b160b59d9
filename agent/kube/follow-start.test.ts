import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Change, FleetNodeStatus } from "../fleet/fleet-api.ts";
import type { ApiServer, ApiStep } from "../testing/api-server.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { answers, refusal } from "../testing/fleet-answers.ts";
import { useApiServer } from "../testing/use-api-server.ts";
import { createFleetApi } from "./create-fleet-api.ts";

const metadata = { resourceVersion: "10" };
const first = { metadata: { ...metadata, continue: "2" }, items: [{ metadata: { name: "a" } }] };
const second = { metadata, items: [{ metadata: { name: "b" } }] };
const busy = (seconds: string): ApiStep => ({ status: 429, headers: { "retry-after": seconds }, body: "{}" });

describe("following, until the first list is there,", () => {
  const apiServer = useApiServer();
  let server: ApiServer;
  let clock: FakeClock;
  let controller: AbortController;
  let changes: AsyncIterator<Change<FleetNodeStatus>>;
  let told: string[];
  // A wait for another try is drawn at the instant at which it begins.
  const waits = new EventTarget();
  const random = () => {
    waits.dispatchEvent(new Event("wait"));
    return 0;
  };
  beforeEach(() => {
    server = apiServer();
    server.requests.splice(0);
    clock = createFakeClock();
    controller = new AbortController();
    told = [];
    const tell = (line: string) => void told.push(line);
    const api = createFleetApi({ clock, random, context: undefined, tell });
    changes = api.followNodes(controller.signal)[Symbol.asyncIterator]();
  });
  afterEach(async () => {
    controller.abort(new Error("told to end"));
    await changes.return?.().catch(() => {});
    assert.equal(clock.pendingCount(), 0);
  });

  const next = async () => (await changes.next()).value as Change<FleetNodeStatus>;
  const namesIn = (change: Change<FleetNodeStatus>) =>
    change.kind === "all" ? change.items.map(({ name }) => name) : [change.kind];
  const continued = () =>
    server.requests.map(({ path }) => new URL(path, "http://x").searchParams.get("continue"));

  const passing: readonly [what: string, step: ApiStep, waitMs: number][] = [
    ["one that says when to come back", busy("7"), 7_000],
    ["one that says so of a time far off", busy("9999"), 30_000],
    ["a fault of the server", refusal(503), 250],
    ["a connection that breaks", "breaks", 250],
  ];
  for (const [what, step, waitMs] of passing)
    it(`asks for a page again, and not for those before it: ${what}`, async () => {
      server.on(...answers(first), step, ...answers(second));
      const wait = once(waits, "wait");
      const change = next();
      await wait;
      await clock.advance(waitMs - 1);
      assert.equal(server.requests.length, 2);
      await clock.advance(1);
      assert.deepEqual(namesIn(await change), ["a", "b"]);
      assert.deepEqual(continued(), [null, "2", "2"]);
    });

  it("says that it is interrupted once a page was refused three times", async () => {
    server.on(...answers(first), refusal(503), refusal(503), refusal(503));
    const change = next();
    for (const waitMs of [250, 500]) {
      await once(waits, "wait");
      await clock.advance(waitMs);
    }
    assert.deepEqual(namesIn(await change), ["interrupted"]);
    assert.deepEqual(continued(), [null, "2", "2", "2"]);
  });

  for (const status of [410, 403])
    it(`does not ask again for a page of which the server says ${status}`, async () => {
      server.on(...answers(first), refusal(status));
      assert.deepEqual(namesIn(await next()), ["interrupted"]);
      assert.equal(server.requests.length, 2);
    });

  it("says once what is in the way, and not what comes later", async () => {
    server.on(refusal(503), "breaks", ...answers(second), refusal(503));
    const kinds: string[] = [];
    for (const waitMs of [250, 500, 1_000, 0]) {
      kinds.push((await next()).kind);
      void clock.advance(waitMs);
    }
    assert.deepEqual(kinds, ["interrupted", "interrupted", "all", "interrupted"]);
    assert.deepEqual(told, ["cannot list nodes: token=[redacted] no (HTTP 503); trying for up to 30 s"]);
  });
});
