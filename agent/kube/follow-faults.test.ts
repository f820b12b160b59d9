import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { ApiStep } from "../testing/api-server.ts";
import { createApiStream } from "../testing/api-stream.ts";
import { answers, refusal } from "../testing/fleet-answers.ts";
import {
  type FollowWorld,
  nodeList as list,
  watchedNode as node,
  useFollowWorld,
} from "../testing/follow-world.ts";

describe("following, where it is interrupted,", () => {
  const world = useFollowWorld();
  let { server, clock, next, nextAfterPause, asked, listed } = {} as FollowWorld;
  beforeEach(() => {
    ({ server, clock, next, nextAfterPause, asked, listed } = world());
  });

  const gone = { message: "too old resource version", code: 410 };
  const steps: readonly [what: string, step: ApiStep, why: string][] = [
    ["a version that is too old", refusal(410), "token=[redacted] no (HTTP 410)"],
    ["a busy server", refusal(429), "token=[redacted] no (HTTP 429)"],
    ["a fault of the server", refusal(500), "token=[redacted] no (HTTP 500)"],
    ["a connection that breaks", "breaks", "the API server cannot be reached: other side closed"],
  ];
  for (const [what, step, why] of steps)
    it(`says so and lists again: ${what}`, async () => {
      await listed(step, ...answers(list));
      assert.equal(await next(), `interrupted: cannot watch nodes: ${why}`);
      assert.equal(await nextAfterPause(250), "all a");
      assert.deepEqual(asked(), ["list", "watch from 10", "list"]);
    });

  const bodies: readonly [what: string, body: string | object, why: string][] = [
    ["a version that is too old", { type: "ERROR", object: gone }, "too old resource version (HTTP 410)"],
    ["an error without a word", { type: "ERROR" }, "an error without a message"],
    ["a stream that is garbled", "<html>\n", "the API server's stream has a line that is no JSON"],
    ["an event of no kind", { type: "X", object: node("a", "1") }, noEvent()],
    ["an event of no version", { type: "ADDED", object: { metadata: { name: "a" } } }, noEvent()],
    [
      "an event of no object",
      { type: "ADDED", object: { kind: "Node", metadata: { resourceVersion: "1" } } },
      "the API server's stream has an event without an object",
    ],
  ];
  function noEvent() {
    return "the API server's stream has a line that is no event";
  }
  for (const [what, body, why] of bodies)
    it(`says so and lists again: ${what}, in a watch`, async () => {
      const stream = createApiStream();
      await listed(stream, ...answers(list));
      const change = next();
      await stream.opened;
      stream.send(body);
      assert.equal(await change, `interrupted: cannot watch nodes: ${why}`);
      await stream.closed;
      assert.equal(await nextAfterPause(250), "all a");
    });

  it("says so and lists again: a stream that breaks off", async () => {
    const stream = createApiStream();
    await listed(stream, ...answers(list));
    const change = next();
    await stream.opened;
    stream.send('{"type":');
    stream.breakOff();
    assert.match(await change, /^interrupted: cannot watch nodes: the API server's stream broke off: /);
    assert.equal(await nextAfterPause(250), "all a");
  });

  it("says so and lists again: watches that end at once", async () => {
    const stream = createApiStream();
    await listed(stream, ...answers(list));
    const change = next();
    await stream.opened;
    stream.end();
    assert.equal(await change, "interrupted: cannot list nodes: the API server ends each watch at once");
    assert.equal(await nextAfterPause(250), "all a");
  });

  it("takes a list without a version for none", async () => {
    server.on(...answers({ items: [] }));
    assert.equal(await next(), "interrupted: cannot list nodes: the API server's answer has no version");
  });

  it("waits 10 s for a watch's headers", async () => {
    await listed("hangs");
    const [change] = [next(), await server.arrived()];
    await clock.advance(10_000);
    assert.match(await change, /^interrupted: .* did not answer within 10 s$/);
  });

  it("waits longer each time, up to half a minute, and begins anew after a minute that went well", async () => {
    const stream = createApiStream();
    server.on(...Array.from({ length: 9 }, () => refusal(503)), ...answers(list), stream, refusal(503));
    server.on(...answers(list));
    const waits = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000];
    await next();
    for (const waitMs of waits.slice(0, -1)) {
      const [change, count] = [next(), server.requests.length];
      await clock.advance(waitMs - 1);
      assert.equal(server.requests.length, count);
      await clock.advance(1);
      assert.match(await change, /^interrupted/);
    }
    assert.equal(await nextAfterPause(15_000), "all a");
    const change = next();
    await stream.opened;
    await clock.advance(60_000);
    stream.end();
    assert.match(await change, /^interrupted/);
    assert.equal(await nextAfterPause(250), "all a");
  });

  it("waits as long as the server asks for, where that is longer, and at most 10 min", async () => {
    const busy = (seconds: string) => ({ status: 429, headers: { "retry-after": seconds }, body: "{}" });
    server.on(busy("7"), busy("99999999"), busy("0"), ...answers(list));
    assert.match(await next(), /^interrupted/);
    for (const waitMs of [7_000, 600_000, 1_000]) {
      const [change, count] = [next(), server.requests.length];
      await clock.advance(waitMs - 1);
      assert.equal(server.requests.length, count);
      await clock.advance(1);
      assert.match(await change, waitMs === 1_000 ? /^all a/ : /^interrupted/);
    }
  });

  it("goes on after refusals that are far apart, between which a watch was let in", async () => {
    const streams = [createApiStream(), createApiStream()];
    server.on(...answers(list));
    await next();
    for (const [index, stream] of streams.entries()) {
      server.on(stream, refusal(403), ...answers(list));
      const change = next();
      await stream.opened;
      await clock.advance(40_000);
      stream.end();
      assert.match(await change, /^interrupted: .*HTTP 403/);
      assert.equal(await nextAfterPause(250 * 2 ** index), "all a");
    }
  });

  for (const status of [401, 403])
    it(`throws a ${status} that lasts for 10 s`, async () => {
      await listed(...Array.from({ length: 6 }, () => refusal(status)));
      const why = `cannot watch nodes: token=[redacted] no (HTTP ${status})`;
      assert.equal(await next(), `interrupted: ${why}`);
      for (const waitMs of [250, 500, 1_000, 2_000])
        assert.match(await nextAfterPause(waitMs), /^interrupted: cannot list nodes/);
      const throws = assert.rejects(next(), { name: "KubeError", status });
      await clock.advance(4_000);
      await throws;
      assert.equal(clock.nowMs(), 7_750, "a further try would come after more than 10 s");
    });
});
