import type { BackoffBounds } from "./backoff.ts";
import type { KeepState } from "./keep-state.ts";
import { verdictOf } from "./outcome.ts";
import type { RoundContext } from "./round-context.ts";
import type { RoundResult } from "./round-result.ts";

/** What a look works with. */
export interface KeepContext extends RoundContext {
  readonly intervalMs: number;
  /** Bounds of the wait after a round that left something missing. */
  readonly retry: BackoffBounds;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** How a round ended, or the marking alone, where the Node is there and ours. */
export type MarkedResult = Extract<RoundResult, { kind: "verdict" | "unwritten" }>;

interface Seen {
  /** What the next look has to know. */
  readonly state: KeepState;
  /** Whether a required image is known to be missing. */
  readonly isMissing: boolean;
}

/** What a look came to. */
export type KeepLook = Seen &
  (
    | {
        /**
         * - `looked` what the Node says was compared with what is there, and mended if need be; nothing was pulled
         * - `left` as `looked`, and what is missing was left to the node's garbage collection
         * - `pulled` a round was run for what is missing, or not confirmed
         */
        readonly kind: "looked" | "left" | "pulled";
        readonly result: MarkedResult;
      }
    /** The Node is gone, or another owner's. */
    | { readonly kind: "stopped"; readonly result: Exclude<RoundResult, MarkedResult> }
    /** Something is missing, the Node says so as far as it can be read, and it is not time to pull yet. */
    | { readonly kind: "held" }
    /** The runtime, or the API server, did not say how it is; nothing was changed. */
    | { readonly kind: "unknown"; readonly message: string }
  );

/** That a look found nothing out, and why. */
export function inVain(state: KeepState, message: string): KeepLook {
  return { kind: "unknown", isMissing: false, message, state: { ...state, vainLooks: state.vainLooks + 1 } };
}

/** A look that ended as a round, or as the marking alone. */
export function lookFrom(
  kind: "looked" | "left" | "pulled",
  result: RoundResult,
  before: KeepState,
): KeepLook {
  if (result.kind === "node-gone" || result.kind === "foreign-owner")
    return { kind: "stopped", isMissing: false, result, state: { ...before, vainLooks: 0 } };
  const vainLooks = result.kind === "unwritten" ? before.vainLooks + 1 : 0;
  const isMissing = verdictOf(result.outcomes) === "failed";
  return { kind, isMissing, result, state: { ...before, vainLooks } };
}

/** A look that left all as it is. */
export function heldLook(state: KeepState, isMissing: boolean): KeepLook {
  return { kind: "held", isMissing, state: { ...state, vainLooks: 0 } };
}
