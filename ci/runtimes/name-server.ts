import { createSocket } from "node:dgram";

/** A name server that knows no name: it answers "no such name", and for names that begin with `broken` that it failed. */
export interface NameServer extends AsyncDisposable {
  readonly address: string;
}

const noSuchName = 3;
const serverFailure = 2;

/** Opens the server on port 53 of a loopback address. */
export async function openNameServer(address: string): Promise<NameServer> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (question, { address: from, port }) => {
    // The header has 12 bytes; then comes the name, a byte of length before each part, and 4 bytes of type and class.
    const code = question.includes("broken") ? serverFailure : noSuchName;
    const answer = Buffer.from(question.subarray(0, question.indexOf(0, 12) + 5));
    answer.writeUInt16BE(0x8180 | code, 2);
    answer.writeUInt16BE(0, 10);
    socket.send(answer, port, from);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(53, address, resolve);
  });
  return {
    address,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(resolve)),
  };
}
