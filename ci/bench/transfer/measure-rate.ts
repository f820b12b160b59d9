import { once } from "node:events";
import { createServer } from "node:net";
import { runCommand } from "../../run-command.ts";

/** How a rate is measured. */
export interface RateOptions {
  /** An address of this machine that the other end can reach. */
  readonly host: string;
  /** A process in the network namespace of the other end. */
  readonly pid: number;
  readonly durationMs: number;
  readonly signal: AbortSignal;
}

/** What a process in another network namespace receives over one connection, in Mbit/s. What it receives is thrown away. */
export async function measureRate({ host, pid, durationMs, signal }: RateOptions): Promise<number> {
  const zeros = Buffer.alloc(1 << 20);
  const server = createServer((socket) => {
    const send = () => {
      while (socket.writable && socket.write(zeros));
    };
    // It hangs up when it has seen enough.
    socket.on("drain", send).on("error", () => {});
    send();
  });
  server.listen(0, host);
  await once(server, "listening");
  try {
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const program = [process.execPath, "-e", receiver, host, String(port), String(durationMs)];
    const inNode = ["-t", String(pid), "-n", ...program];
    const { stdout } = await runCommand("nsenter", inNode, { signal, timeoutMs: durationMs + 20_000 });
    const { bytes, ms } = JSON.parse(stdout) as { bytes: number; ms: number };
    return (bytes * 8) / (ms * 1000);
  } finally {
    server.close();
  }
}

/** Begins after a fifth of the time: a full bucket and a connection's slow start are no part of the rate. */
const receiver = `
  const [host, port, durationMs] = process.argv.slice(1);
  const into = Buffer.alloc(1 << 18);
  let bytes = 0;
  let startMs = Infinity;
  const callback = (length) => { if (performance.now() >= startMs) bytes += length; return true; };
  const onread = { buffer: into, callback };
  const socket = require("node:net").connect({ host, port: Number(port), onread }, () => {
    setTimeout(() => { startMs = performance.now(); }, durationMs / 5);
    setTimeout(() => {
      console.log(JSON.stringify({ bytes, ms: performance.now() - startMs }));
      process.exit();
    }, Number(durationMs));
  });
`;
