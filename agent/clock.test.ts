import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import { systemClock } from "./clock.ts";

const turnOfIo = () => new Promise((resolve) => setImmediate(resolve));

/** Two ends of one connection, neither of which has anything to read. */
async function connectedSockets(): Promise<readonly [Socket, Socket]> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const writer = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [[reader]] = (await Promise.all([once(server, "connection"), once(writer, "connect")])) as [
    [Socket],
    unknown,
  ];
  server.close();
  // So that the reader is being listened to before the test begins.
  reader.resume();
  await turnOfIo();
  return [reader, writer];
}

describe("systemClock", () => {
  it("goes forward when the wall clock is set back", (t) => {
    const beforeMs = systemClock.nowMs();
    t.mock.timers.enable({ apis: ["Date"], now: 0 });
    assert.equal(systemClock.date().getTime(), 0);
    assert.ok(systemClock.nowMs() >= beforeMs);
  });

  it("calls back once after the delay", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    let calls = 0;
    systemClock.after(1_000, () => {
      calls += 1;
    });
    t.mock.timers.tick(999);
    await turnOfIo();
    assert.equal(calls, 0);
    t.mock.timers.tick(2_000);
    await turnOfIo();
    assert.equal(calls, 1);
  });

  it("does not call back what was called off, even when it was due", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const callOff = systemClock.after(1_000, () => assert.fail("called back"));
    const callOffLate = systemClock.after(1_000, () => assert.fail("called back"));
    callOff();
    t.mock.timers.tick(2_000);
    callOffLate();
    await turnOfIo();
  });

  it("lets an answer arrive that came while the process had no CPU", async (t) => {
    const order: string[] = [];
    const [reader, writer] = await connectedSockets();
    t.after(() => {
      reader.destroy();
      writer.destroy();
    });
    const arrived = new Promise<void>((resolve) => {
      reader.once("data", () => {
        order.push("answer");
        resolve();
      });
    });
    const due = new Promise<void>((resolve) => {
      systemClock.after(1, () => {
        order.push("deadline");
        resolve();
      });
    });
    writer.write("here");
    const endMs = performance.now() + 5;
    while (performance.now() < endMs);
    await Promise.all([arrived, due]);
    assert.deepEqual(order, ["answer", "deadline"]);
  });
});
