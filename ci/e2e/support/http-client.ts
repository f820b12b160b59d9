import { once } from "node:events";
import http from "node:http";
import net from "node:net";

/** An answer as far as it came. */
export interface AnswerSeen {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** The error's code where the body broke off. */
  readonly broken: string | undefined;
}

/** GETs the path from HOST:PORT over a connection of its own. Rejects where there is no answer at all. */
export async function getWhole(
  address: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<AnswerSeen> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  http.get(`http://${address}${path}`, { agent: false, headers }, resolve).on("error", reject);
  const answer = await promise;
  let text = "";
  let broken: string | undefined;
  try {
    for await (const chunk of answer.setEncoding("utf8")) text += chunk;
  } catch (error) {
    broken = (error as NodeJS.ErrnoException).code;
  }
  return { status: answer.statusCode, headers: answer.headers, text, broken };
}

/** How the connection ends on which the path is asked for: `end`, or the error's code. */
export async function endingOf(address: string, path: string): Promise<string | undefined> {
  const [host, port] = address.split(":");
  const socket = net.connect(Number(port), host).resume();
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${address}\r\n\r\n`);
  try {
    await once(socket, "end");
    return "end";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    socket.destroy();
  }
}
