import { setTimeout as sleep } from "node:timers/promises";
import { type Client, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { untilAborted } from "../../../agent/testing/script.ts";
import type { CriError } from "./cri-proxy.ts";
import type { CriFault } from "./cri-proxy-fault.ts";
import { answerBytes, type RawMethod } from "./cri-proxy-methods.ts";

/** One call that a proxy has taken. */
export interface TakenCall {
  readonly method: RawMethod;
  readonly request: Buffer;
  /** Aborts when the agent gives up. */
  readonly cancelled: AbortSignal;
  /** The connection to the node's containerd. */
  readonly runtime: Client;
  /** Called as containerd is asked. */
  onPassedOn(): void;
}

/** What the agent is told. */
export type CriAnswer =
  | { readonly kind: "message"; readonly bytes: Buffer }
  | { readonly kind: "error"; readonly error: CriError };

/** containerd's answer, or what the fault makes of it. Rejects where the agent gave up. */
export async function answerOf(call: TakenCall, fault: CriFault): Promise<CriAnswer> {
  const { cancelled: signal } = call;
  if (fault.delayMs !== undefined) await sleep(fault.delayMs, undefined, { signal });
  if (fault.isSilent) await untilAborted(signal);
  signal.throwIfAborted();
  const isInstead = fault.error !== undefined || fault.answer !== undefined;
  const answer = isInstead && !fault.isDoneFirst ? noAnswer : await passOn(call);
  if (fault.error !== undefined) return { kind: "error", error: fault.error };
  if (fault.answer !== undefined) return { kind: "message", bytes: answerBytes(call.method, fault.answer) };
  return answer;
}

const noAnswer: CriAnswer = { kind: "error", error: { code: status.INTERNAL, message: "no answer" } };
const detailsKey = "grpc-status-details-bin";

/** The error as grpc-js sends it. */
export function statusFrom({ code, message, details }: CriError) {
  const metadata = new Metadata();
  if (details !== undefined) metadata.set(detailsKey, Buffer.from(details));
  return { code, details: message, metadata };
}

function passOn({ method, request, cancelled, runtime, onPassedOn }: TakenCall): Promise<CriAnswer> {
  const { promise, resolve } = Promise.withResolvers<CriAnswer>();
  onPassedOn();
  const call = runtime.makeUnaryRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    new Metadata(),
    {},
    (error: ServiceError | null, answer?: Buffer) => {
      cancelled.removeEventListener("abort", cancel);
      if (error !== null) resolve({ kind: "error", error: errorFrom(error) });
      else resolve(answer === undefined ? noAnswer : { kind: "message", bytes: answer });
    },
  );
  const cancel = () => call.cancel();
  cancelled.addEventListener("abort", cancel, { once: true });
  return promise;
}

function errorFrom({ code, details: message, metadata }: ServiceError): CriError {
  const [details] = metadata.get(detailsKey);
  return { code, message, ...(details instanceof Buffer ? { details } : {}) };
}
