import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import type { FaultKind } from "./fault-draw.ts";
import { serveFaultProxy } from "./fault-proxy.ts";

/** A proxy that has the fault for every request, and what has arrived behind it. */
async function openScene(test: TestContext, fault: FaultKind | undefined) {
  const arrived: string[] = [];
  const server = http.createServer(async (incoming, outgoing) => {
    const body = Buffer.concat((await incoming.toArray()) as Buffer[]).toString();
    arrived.push(`${incoming.method} ${incoming.url} ${incoming.headers.authorization} ${body}`);
    outgoing.writeHead(200, { "content-type": "application/json" }).end('{"kind":"Node"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  test.after(() => server.close());
  const draws: (readonly [string, number])[] = [];
  const proxy = await serveFaultProxy({
    upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    draw: (nodeName, ordinal) => {
      draws.push([nodeName, ordinal]);
      return fault;
    },
    changeNode: async (nodeName) => void arrived.push(`change of ${nodeName}`),
    lateMs: 5,
  });
  test.after(() => proxy[Symbol.asyncDispose]());
  const ask = (nodeName = "node-1", signal: AbortSignal | null = null) =>
    fetch(`${proxy.url}/api/v1/nodes/${nodeName}?fieldManager=x`, {
      method: "PATCH",
      body: "{}",
      headers: { authorization: "Bearer t" },
      signal,
    });
  return { proxy, arrived, draws, ask };
}

const passedOn = "PATCH /api/v1/nodes/node-1?fieldManager=x Bearer t {}";

describe("serveFaultProxy()", () => {
  it("passes requests and answers on, and counts each node's", async (test) => {
    const { proxy, arrived, draws, ask } = await openScene(test, undefined);
    const answer = await ask();
    assert.deepEqual([answer.status, await answer.json()], [200, { kind: "Node" }]);
    await (await ask("node-2")).text();
    await (await ask()).text();
    assert.equal(arrived[0], passedOn);
    assert.deepEqual(draws, [
      ["node-1", 0],
      ["node-2", 0],
      ["node-1", 1],
    ]);
    assert.deepEqual([proxy.requests, proxy.answered, proxy.faults.size], [3, 3, 0]);
  });

  it("throttles without passing on", async (test) => {
    const { proxy, arrived, ask } = await openScene(test, "throttled");
    const answer = await ask();
    assert.deepEqual([answer.status, answer.headers.get("retry-after"), arrived.length], [429, "1", 0]);
    assert.deepEqual([proxy.faults.get("throttled"), proxy.answered], [1, 0]);
  });

  it("has the Node changed before a request that is to conflict", async (test) => {
    const { arrived, ask } = await openScene(test, "conflict");
    assert.equal((await ask()).status, 200);
    assert.deepEqual(arrived, ["change of node-1", passedOn]);
  });

  it("answers with 500, or breaks the connection, before the request has arrived or after", async (test) => {
    const cases = [
      ["error-before", 500, 0],
      ["error-after", 500, 1],
      ["reset-before", "broken", 0],
      ["reset-after", "broken", 1],
    ] as const;
    for (const [fault, expected, arrivals] of cases) {
      const { arrived, ask } = await openScene(test, fault);
      const seen = await ask().then(
        ({ status }) => status,
        () => "broken",
      );
      assert.deepEqual([seen, arrived.length], [expected, arrivals], fault);
    }
  });

  it("never answers where it is silent, and has what is late arrive after the agent has gone", async (test) => {
    const cases = [
      ["silent-before", 0],
      ["silent-after", 1],
      ["late", 1],
    ] as const;
    for (const [fault, arrivals] of cases) {
      const { proxy, arrived, draws, ask } = await openScene(test, fault);
      const leaving = new AbortController();
      const asked = ask("node-1", leaving.signal);
      while (draws.length === 0) await new Promise(setImmediate);
      await proxy.allArrived();
      leaving.abort();
      await assert.rejects(asked, { name: "AbortError" });
      assert.equal(arrived.length, arrivals, fault);
    }
  });
});
