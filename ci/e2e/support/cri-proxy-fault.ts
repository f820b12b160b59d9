import type { status } from "@grpc/grpc-js";
import type { CriCall, CriError, CriRule } from "./cri-proxy.ts";
import { faultRule, type Occurrence } from "./fault-rule.ts";

/** What a proxy does to one call; whatever is left out is as without a proxy. Faults are merged by `together`. */
export interface CriFault {
  /** Milliseconds before anything else happens. */
  readonly delayMs?: number;
  /** The call is neither passed on nor answered. */
  readonly isSilent?: true;
  /** What the agent is told instead of containerd's answer. */
  readonly error?: CriError;
  /** The message that the agent gets instead, with the fields' names in camel case. */
  readonly answer?: object;
  /** Whether containerd does the work all the same before the agent is told something else. */
  readonly isDoneFirst?: true;
}

/** Which calls are meant; whatever is left out may be anything. */
export interface Calls {
  readonly method?: CriCall["method"];
  /** As the agent writes it. */
  readonly image?: string;
  /** `HOST:PORT` of the image's registry. */
  readonly registry?: string;
}

/** A proxy's rule: these calls meet the fault, always or as often as `occurrence` says. */
export function onCalls(calls: Calls, fault: CriFault, occurrence?: Occurrence): CriRule {
  return faultRule((call) => isOneOf(calls, call), fault, occurrence);
}

/** Whether the call is one of those that are meant. */
export function isOneOf({ method, image, registry }: Calls, call: CriCall): boolean {
  return (
    (method === undefined || method === call.method) &&
    (image === undefined || image === call.image) &&
    (registry === undefined || call.image.startsWith(`${registry}/`))
  );
}

/** The call fails without containerd; `details` are the bytes of a google.rpc.Status (`grpc-status-details-bin`). */
export const failsWith = (code: status, message: string, details?: Uint8Array): CriFault => ({
  error: { code, message, details },
});

/** containerd does the work, however that ends, and the agent is told that it failed. */
export const failsAfterwards = (code: status, message: string): CriFault => ({
  ...failsWith(code, message),
  isDoneFirst: true,
});

/** The call is answered with this message without containerd, such as `{ imageRef: "" }`. */
export const answersWith = (message: object): CriFault => ({ answer: message });
