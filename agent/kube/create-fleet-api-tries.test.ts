import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { FleetApi } from "../fleet/fleet-api.ts";
import type { ApiServer } from "../testing/api-server.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import {
  allPages as all,
  answers,
  fleetKey as key,
  fleetNode as node,
  refusal,
} from "../testing/fleet-answers.ts";
import { useApiServer } from "../testing/use-api-server.ts";
import { createFleetApi } from "./create-fleet-api.ts";

const never = new AbortController().signal;
describe("createFleetApi(), where it is refused or not answered,", () => {
  const apiServer = useApiServer();
  let server: ApiServer;
  let clock: FakeClock;
  let api: FleetApi;
  // A wait for another try is drawn at the instant at which it begins.
  const waits = new EventTarget();
  const random = () => {
    waits.dispatchEvent(new Event("wait"));
    return 0;
  };
  beforeEach(() => {
    server = apiServer();
    clock = createFakeClock();
    api = createFleetApi({ clock, random, context: undefined });
    server.requests.splice(0);
  });
  afterEach(() => assert.equal(clock.pendingCount(), 0));

  /** What `call` comes to, where each wait for another try is over at once. */
  async function patiently<Result>(call: Promise<Result>): Promise<Result> {
    const skip = () => void clock.advance(5_000);
    waits.addEventListener("wait", skip);
    return call.finally(() => waits.removeEventListener("wait", skip));
  }

  const calls: readonly [what: string, call: () => Promise<unknown>][] = [
    ["list nodes", () => all(api.nodes(never))],
    ["list nodes", () => all(api.nodesWithStatus(never))],
    ["list daemonsets.apps in namespace ns", () => api.daemonSets("ns", "x", never)],
    ["list daemonsets.apps in all namespaces", () => api.agentDaemonSets(undefined, never)],
    ["list pods in namespace ns", () => all(api.pods("ns", {}, never))],
    ["list pods in namespace ns", () => all(api.livingPods("ns", {}, never))],
    ["list events in namespace ns", () => api.warnings("ns", "x", never)],
    ["patch nodes/a", () => api.removeMarks(node, [key], never)],
  ];
  for (const [index, [what, call]] of calls.entries()) {
    it(`names what it may not, once that lasts: ${what} (${index + 1})`, async () => {
      server.on(refusal(403), refusal(403), refusal(403));
      const message = `cannot ${what}: token=[redacted] no (HTTP 403)`;
      await assert.rejects(patiently(call()), { name: "KubeError", message, status: 403 });
      assert.deepEqual([server.requests.length, clock.nowMs()], [3, 10_000]);
    });

    it(`asks again where the server is away or busy: ${what} (${index + 1})`, async () => {
      server.on("breaks", refusal(500), ...answers({}));
      await patiently(call());
      const [first, ...others] = server.requests.map(({ method, path, body }) => ({ method, path, body }));
      assert.deepEqual(others, [first, first]);
    });
  }

  it("asks for the same page again", async () => {
    server.on(...answers({ metadata: { continue: "2" } }), refusal(503), ...answers({}));
    assert.deepEqual(await patiently(all(api.nodes(never))), [[], []]);
    const paths = server.requests.map(({ path }) => path);
    assert.deepEqual(
      paths,
      ["", "&continue=2", "&continue=2"].map((rest) => `/api/v1/nodes?limit=250${rest}`),
    );
  });

  it("waits 10 s for an answer, and asks again", async () => {
    server.on("hangs", ...answers({}));
    const arrived = server.arrived();
    const pages = all(api.nodes(never));
    await arrived;
    const wait = once(waits, "wait");
    await clock.advance(10_000);
    await wait;
    await clock.advance(250);
    assert.deepEqual(await pages, [[]]);
  });

  it("takes a page that is no JSON for no answer of the API server", async () => {
    server.on({ status: 200, body: "<html>" });
    const message = "the API server's answer is no JSON";
    await assert.rejects(all(api.nodes(never)), { name: "KubeError", message });
  });

  for (const text of ["null", "7", '"x"']) {
    it(`takes a page that is ${text} for no answer of the API server either`, async () => {
      server.on({ status: 200, body: text });
      const message = "the API server's answer is no object";
      await assert.rejects(all(api.nodes(never)), { name: "KubeError", message });
    });
  }

  it("rejects with the reason as soon as its signal aborts", async () => {
    for (const call of [(signal: AbortSignal) => all(api.nodes(signal)), removal]) {
      server.on("hangs");
      const controller = new AbortController();
      const arrived = server.arrived();
      const rejects = assert.rejects(call(controller.signal), /told to end/);
      await arrived;
      controller.abort(new Error("told to end"));
      await rejects;
    }
    function removal(signal: AbortSignal) {
      return api.removeMarks(node, [key], signal);
    }
  });
});
