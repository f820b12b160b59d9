import { request } from "node:https";
import { adminTls } from "./admin-tls.ts";
import type { ClusterPlan } from "./plan.ts";

/** An answer of the API server. */
export interface ApiAnswer {
  readonly status: number;
  /** The JSON of the body, or its text where it is none. */
  readonly body: unknown;
}

/** The API server's answer to the administrator's request; it rejects if there is none within 5 s. */
export function apiRequest(
  cluster: ClusterPlan,
  method: string,
  path: string,
  body?: unknown,
): Promise<ApiAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const text = body === undefined ? "" : JSON.stringify(body);
  const outgoing = request(`${cluster.apiServer}${path}`, {
    method,
    ...adminTls(cluster),
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      // Node.js announces the body of a DELETE by itself neither so nor as chunks, and the server reads none then.
      "content-length": Buffer.byteLength(text),
    },
    agent: false,
    timeout: 5000,
  });
  outgoing.on("timeout", () =>
    outgoing.destroy(new Error(`${method} ${path}: no answer from the API server in 5 s`)),
  );
  outgoing.on("error", reject);
  outgoing.on("response", (response) => {
    let answer = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      answer += chunk;
    });
    response.on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body: jsonOr(answer) }));
  });
  outgoing.end(text);
  return promise;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // /readyz and its like answer in plain text.
    return text;
  }
}
