import { basename } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { User } from "@kubernetes/client-node/dist/config_types.js";
import {
  type HttpMethod,
  RequestContext,
  type ResponseContext,
} from "@kubernetes/client-node/dist/gen/http/http.js";
import { IsomorphicFetchHttpLibrary } from "@kubernetes/client-node/dist/gen/http/isomorphic-fetch.js";
import type { Clock } from "../clock.ts";
import { createDeadline, DeadlinePassed } from "../deadline.ts";
import type { Lasting } from "../kube-error.ts";
import { type ApiResponse, isServerWrong, whyUnreachable } from "./answer-from-response.ts";
import { dropConnections, keepConnections } from "./connections.ts";
import { forgetLogin, logIn, loginOf, loginTimeoutMs } from "./login.ts";

/** A request to the API server, without its login. */
export interface ApiRequest {
  readonly method: HttpMethod;
  /** From the server's root on, with its query. */
  readonly path: string;
  readonly accept: string;
  readonly contentType: string;
  /** What is sent as JSON; undefined for nothing. */
  readonly body?: object | undefined;
}

/** Whose API server, and by which login. */
export interface Sender {
  readonly kubeConfig: KubeConfig;
  readonly clock: Clock;
}

/** That no response came; the message is a sentence that says why, without what may be a secret. */
export class NoResponse extends Error {
  override readonly name = "NoResponse";
  /** What will most likely be in the way of a next try too; undefined for nothing. */
  readonly lasting: Lasting | undefined;

  constructor(message: string, lasting?: Lasting) {
    super(message);
    this.lasting = lasting;
  }
}

/** How long a request may take, its login left out: longer is a connection that is half open, or a server that is overloaded. */
export const requestTimeoutMs = 10_000;

// client-node's own request, authentication and transport, without its generated API: CoreV1Api brings every model
// of Kubernetes along, 16 MiB of memory for one patch (agent/README.md, Decisions).
const http = new IsomorphicFetchHttpLibrary();

/**
 * The API server's response, whatever its status. Throws a NoResponse where none came: after 10 s, and before that 5 min for a
 * program that the kubeconfig has to log in; rejects with the signal's reason as soon as `signal` aborts.
 */
export function send(request: ApiRequest, sender: Sender, signal: AbortSignal): Promise<ApiResponse> {
  return exchange(request, sender, signal, wholeOf);
}

/**
 * The body of a response that says yes, as it comes, for which neither the 10 s nor `signal` hold any more: whoever reads it cancels it.
 * Every other response is returned as `send` returns it, and what `send` throws is thrown.
 */
export function openStream(
  request: ApiRequest,
  sender: Sender,
  signal: AbortSignal,
): Promise<ApiResponse | ReadableStream<Uint8Array>> {
  return exchange<ApiResponse | ReadableStream<Uint8Array>>(request, sender, signal, (response) => {
    const { httpStatusCode: status, body } = response;
    // Its declared type leaves out what its fetch has (client-node's isomorphic-fetch.js).
    return isYes(status)
      ? (body as unknown as { stream(): ReadableStream<Uint8Array> }).stream()
      : wholeOf(response);
  });
}

/** Whether an HTTP status is a yes. */
export function isYes(status: number): boolean {
  return status >= 200 && status < 300;
}

async function wholeOf({ httpStatusCode, headers, body }: ResponseContext): Promise<ApiResponse> {
  return { status: httpStatusCode, headers, text: await body.text() };
}

/** What `read` makes of the response; it too has to be done within the time limit. */
async function exchange<Answer>(
  request: ApiRequest,
  sender: Sender,
  signal: AbortSignal,
  read: (response: ResponseContext) => Answer | Promise<Answer>,
): Promise<Answer> {
  const login = loginOf(sender.kubeConfig);
  const context = await loggedIn(request, { sender, login }, signal);
  using deadline = createDeadline(sender.clock, requestTimeoutMs, signal);
  context.setSignal(deadline.signal);
  try {
    const response = await http.send(context).toPromise();
    if (response.httpStatusCode === 401) {
      dropConnections(sender.kubeConfig);
      forgetLogin(sender.kubeConfig, login);
    }
    return await read(response);
  } catch (error) {
    dropConnections(sender.kubeConfig);
    if (signal.aborted) throw signal.reason;
    throw new NoResponse(
      isLate(deadline.signal)
        ? `the API server did not answer within ${requestTimeoutMs / 1000} s`
        : whyUnreachable(error),
      isServerWrong(error) ? "server" : undefined,
    );
  }
}

/** The request with the login of the kubeconfig's user. */
async function loggedIn(
  { method, path, accept, contentType, body }: ApiRequest,
  { sender: { kubeConfig, clock }, login }: { readonly sender: Sender; readonly login: KubeConfig },
  signal: AbortSignal,
): Promise<RequestContext> {
  const server = kubeConfig.getCurrentCluster()?.server ?? "";
  const context = new RequestContext(`${server.replace(/\/$/, "")}${path}`, method);
  try {
    await logIn(login, context, clock, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new NoResponse(whyNotLoggedIn(kubeConfig.getCurrentUser(), error), "login");
  }
  keepConnections(kubeConfig, context);
  context.setHeaderParam("Accept", accept);
  if (body !== undefined) {
    context.setHeaderParam("Content-Type", contentType);
    context.setBody(JSON.stringify(body));
  }
  return context;
}

/** Whether it is a deadline that has aborted the signal. */
export function isLate({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DeadlinePassed;
}

function whyNotLoggedIn(user: User | null, error: unknown): string {
  const program = programOf(user);
  const { code, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  // A file that the kubeconfig names: of the token, a certificate or a key.
  if (program === undefined || syscall === "open") return whyUnreachable(error);
  const outcome =
    error instanceof DeadlinePassed ? `did not end within ${loginTimeoutMs / 60_000} min` : "failed";
  // Never the error's text: client-node puts all that the program wrote into it, a token among it.
  const details = [program, code].filter((detail) => typeof detail === "string").join(", ");
  return `the login that the kubeconfig's user ${user?.name} asks for ${outcome} (${details})`;
}

/** What logs the user in: a program, without its folder, or one of client-node's own ways; undefined for neither. */
function programOf(user: User | null): string | undefined {
  const provider = user?.authProvider;
  const command: unknown = user?.exec?.command ?? provider?.config?.exec?.command;
  return typeof command === "string" ? basename(command) : provider?.name;
}
