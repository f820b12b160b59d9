import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** A response whose body a test writes as it likes, as a watch's. */
export interface ApiStream {
  /** Resolves when somebody has asked for it. */
  readonly opened: Promise<void>;
  /** Resolves when the connection is closed, or the body has ended. */
  readonly closed: Promise<void>;
  /** Text as it is, anything else as a JSON line. */
  send(...parts: readonly (string | Uint8Array | object)[]): void;
  end(): void;
  /** Closes the connection in the midst of the body. */
  breakOff(): void;
  /** For the server. */
  answer(response: ServerResponse): void;
}

export function createApiStream(): ApiStream {
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let response: ServerResponse | undefined;
  const there = () => {
    if (response === undefined) throw new Error("nobody has asked for this stream yet");
    return response;
  };
  return {
    opened: opened.promise,
    closed: closed.promise,
    send: (...parts) => {
      for (const part of parts)
        there().write(
          typeof part === "string" || part instanceof Uint8Array ? part : `${JSON.stringify(part)}\n`,
        );
    },
    end: () => void there().end(),
    breakOff: () => void there().destroy(),
    answer: (answering) => {
      response = answering;
      answering.writeHead(200, { "content-type": "application/json" }).flushHeaders();
      void once(answering, "close").then(() => closed.resolve());
      opened.resolve();
    },
  };
}
