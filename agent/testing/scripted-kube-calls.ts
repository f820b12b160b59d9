import { KubeError } from "../kube-error.ts";
import { createScript, untilAborted } from "./script.ts";

/**
 * What a call comes to: an HTTP code that it throws as a KubeError (0 for no answer), `hangs`, a bug, thrown, an answer, or something
 * that happens in the cluster just before the call is answered as by default.
 */
export type KubeStep = number | "hangs" | Error | { readonly answer: unknown } | (() => void);

/** The calls of a fake that stands for the API server, each scripted by its method. */
export interface ScriptedKubeCalls<Method extends string> {
  /** `method subject` of each call, in order. */
  readonly calls: readonly string[];
  on(method: Method, ...steps: readonly KubeStep[]): void;
  /** Makes every call of `method` come to `step`. */
  always(method: Method, step: KubeStep): void;
  /** What the next step of `method` says, or else what `byDefault` comes to. */
  answerTo<Answer>(
    method: Method,
    subject: string,
    signal: AbortSignal,
    byDefault: () => Answer,
  ): Promise<Answer>;
}

export function createScriptedKubeCalls<Method extends string>(): ScriptedKubeCalls<Method> {
  const script = createScript<KubeStep>();
  const calls: string[] = [];
  return {
    calls,
    on: (method, ...steps) => script.add(method, ...steps),
    always: (method, step) => script.always(method, step),
    answerTo: async <Answer>(
      method: Method,
      subject: string,
      signal: AbortSignal,
      byDefault: () => Answer,
    ) => {
      calls.push(`${method} ${subject}`);
      signal.throwIfAborted();
      const step = script.next(method);
      if (step === "hangs") return untilAborted(signal);
      if (step instanceof Error) throw step;
      if (typeof step === "number") throw new KubeError(`cannot ${method} (HTTP ${step})`, step || undefined);
      if (typeof step === "object") return step.answer as Answer;
      step?.();
      return byDefault();
    },
  };
}
