import { shellWord } from "../shell-word.ts";

/** Who is told what to do, as far as commands depend on it. */
export interface Caller {
  /** What the program is called there: `prefetcher`, or `kubectl prefetcher`. */
  readonly program: string;
  /** The kubeconfig's context that was given, if one was. */
  readonly context: string | undefined;
}

/** A command of this program's own, with the caller's context. */
export function ownCommand({ program, context }: Caller, words: string): string {
  return `${program} ${words}${contextFlag(context)}`;
}

/** ` --context ...` as a shell reads it, which kubectl has too; empty where none was given. */
export function contextFlag(context: string | undefined): string {
  if (context === undefined) return "";
  return ` --context ${shellWord(context)}`;
}
