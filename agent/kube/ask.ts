import { HttpMethod } from "@kubernetes/client-node/dist/gen/http/http.js";
import { KubeError } from "../kube-error.ts";
import { redact } from "../redact.ts";
import { type ApiResponse, messageFrom, retryAfterFrom } from "./answer-from-response.ts";
import { type ApiRequest, isYes, NoResponse, openStream, type Sender, send } from "./send.ts";

/** One request, in the words of who makes it. */
export interface Question {
  readonly method?: HttpMethod;
  /** The verb and the resource for people, as RBAC calls them: `list daemonsets.apps in namespace default`. */
  readonly what: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Where it is not JSON that is wanted, or not all of it; a log is plain text, and a refusal of it JSON. */
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: object;
}

/** The text of a response that says yes. */
export type Ask = (question: Question, signal: AbortSignal) => Promise<string>;

/** Asks with that login. What it returns throws a KubeError for every other answer, and for none. */
export function createAsk(sender: Sender): Ask {
  return async (question, signal) => {
    const response = await inWords(question, () => send(requestFrom(question), sender, signal));
    if (isYes(response.status)) return response.text;
    throw refusal(question, response, sender);
  };
}

/** The body of the answer that says yes, as it comes; throws as an `Ask` does for every other one. */
export async function askForStream(
  question: Question,
  sender: Sender,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await inWords(question, () => openStream(requestFrom(question), sender, signal));
  if (response instanceof ReadableStream) return response;
  throw refusal(question, response, sender);
}

function requestFrom({ method = HttpMethod.GET, path, query, body, ...others }: Question): ApiRequest {
  const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
  const { accept = "application/json, */*", contentType = "application/json" } = others;
  return { method, path: `${path}${search}`, body, accept, contentType };
}

async function inWords<Answer>({ what }: Question, sent: () => Promise<Answer>): Promise<Answer> {
  try {
    return await sent();
  } catch (error) {
    if (!(error instanceof NoResponse)) throw error;
    const { message, lasting } = error;
    throw new KubeError(`cannot ${what}: ${message}`, undefined, { lasting });
  }
}

function refusal({ what }: Question, { status, headers, text }: ApiResponse, { clock }: Sender): KubeError {
  const retryAfterMs = retryAfterFrom(headers["retry-after"], clock.date());
  return new KubeError(`cannot ${what}: ${redact(messageFrom(text))} (HTTP ${status})`, status, {
    retryAfterMs,
  });
}

/** The object in an answer; throws a KubeError where there is none. */
export function objectIn<Shape extends object>(text: string): Shape {
  const value = jsonIn(text);
  if (typeof value === "object" && value !== null) return value as Shape;
  throw new KubeError("the API server's answer is no object", undefined);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A proxy's page: not the API server's word.
    throw new KubeError("the API server's answer is no JSON", undefined, { cause: error });
  }
}

/** The labels as a label selector has them. */
export function selectorFrom(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}
