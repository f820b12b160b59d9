import { flagIn } from "../flag-in.ts";
import { given } from "../given.ts";
import { keyOf } from "../node-record.ts";

/** Whose list it is, and which one, as a release's agents were told. */
export interface ReleaseList {
  readonly instance: string;
  /** The key of its label and of its annotation. */
  readonly key: string;
  /** `<namespace>/<release>` */
  readonly owner: string;
  readonly revision: string;
  /** The owner from which the agents may take the label over, if one was named. */
  readonly takeOver?: string;
  /** It is the chart's sample list. */
  readonly isSample: boolean;
}

/** The list that these arguments of the agent's are about; undefined where they do not say whose, or which one. */
export function releaseListFrom(args: readonly string[]): ReleaseList | undefined {
  const said = args.map(unescaped);
  const instance = flagIn(said, "instance");
  const owner = flagIn(said, "owner");
  const revision = flagIn(said, "revision");
  if (instance === undefined || owner === undefined || revision === undefined) return undefined;
  const takeOver = given({ takeOver: flagIn(said, "take-over") || undefined });
  const isSample = isSwitchedOn(said, "--sample");
  return { instance, key: keyOf(instance), owner, revision, ...takeOver, isSample };
}

/** As the kubelet hands it to the agent: the template has two where one is meant. */
function unescaped(arg: string): string {
  return arg.replaceAll("$$", "$");
}

function isSwitchedOn(args: readonly string[], flag: string): boolean {
  const last = args.findLast((arg) => arg === flag || arg.startsWith(`${flag}=`));
  return last !== undefined && last !== `${flag}=false`;
}
