import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A TCP connection that was made in some network namespace. */
export interface ConnectionFrom extends Disposable {
  /** `connected`, an error such as `ECONNREFUSED`, or `silent` where nothing came within 3 s, in which a lost SYN is sent again after one. */
  readonly opened: string;
  /** Sends a line and says `answered`, an error such as `ECONNRESET`, or `silent` likewise. */
  send(): Promise<string>;
}

/** Connects to HOST:PORT in the network namespace of process `pid`: a pod's, or a node's. */
export async function connectFrom(pid: number, address: string): Promise<ConnectionFrom> {
  const [host, port] = address.split(":");
  const program = ["-t", String(pid), "-n", process.execPath, "-e", client, host ?? "", port ?? ""];
  const child = spawn("nsenter", program, { stdio: ["pipe", "pipe", "inherit"] });
  // What is sent to one that ended is of no interest.
  child.stdin.on("error", () => {});
  const lines = createInterface(child.stdout);
  const next = async () => String((await once(lines, "line"))[0]);
  return {
    opened: await next(),
    send: () => {
      child.stdin.write("\n");
      return next();
    },
    [Symbol.dispose]: () => {
      child.kill("SIGKILL");
    },
  };
}

/** Says one word once it is connected or not, and one for each line that it is told to send. */
const client = `
  const socket = require("node:net").connect({ host: process.argv[1], port: Number(process.argv[2]) });
  let timer;
  const say = (word) => { clearTimeout(timer); timer = undefined; console.log(word); };
  const waitFor = () => { timer = setTimeout(() => setImmediate(() => timer && say("silent")), 3000); };
  waitFor();
  socket.on("connect", () => say("connected"));
  socket.on("data", () => timer && say("answered"));
  socket.on("error", ({ code }) => timer && say(code));
  process.stdin.on("data", () => { waitFor(); socket.write("HEAD / HTTP/1.0\\r\\n\\r\\n"); });
`;
