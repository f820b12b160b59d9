import { shellWord } from "../shell-word.ts";

/** Who is told what to do, as far as commands depend on it. */
export interface Caller {
  /** What the program is called there: `prefetcher`, or `kubectl prefetcher`. */
  readonly program: string;
  /** The kubeconfig's context that was given, if one was. */
  readonly context: string | undefined;
  /** The kubeconfig's file that was given, if one was. */
  readonly kubeconfig: string | undefined;
}

/** A command of this program's own, for the caller's cluster. */
export function ownCommand(caller: Caller, words: string): string {
  return `${caller.program} ${words}${clusterFlags(caller)}`;
}

/** ` --context ... --kubeconfig ...` as a shell reads them, which kubectl has too; without what was not given. */
export function clusterFlags({ context, kubeconfig }: Caller): string {
  const flags = Object.entries({ context, kubeconfig });
  return flags.map(([name, value]) => (value === undefined ? "" : ` --${name} ${shellWord(value)}`)).join("");
}
