import type { Caller } from "./caller.ts";
import type { StatusReport } from "./status-report.ts";

/** What was asked, as far as what is shown depends on it or says it. */
export interface StatusAsked extends Caller {
  /** The namespace that was looked in; undefined for all. */
  readonly namespace: string | undefined;
  /** The revision that the nodes are held against; undefined for that of each release's own list. */
  readonly revision: string | undefined;
  /** Whether nodes that are not Ready count too. */
  readonly includesNotReady: boolean;
}

/** All namespaces of the current context, and nothing else said. */
export const askedPlainly: StatusAsked = {
  program: "prefetcher",
  namespace: undefined,
  context: undefined,
  kubeconfig: undefined,
  revision: undefined,
  includesNotReady: false,
};

/** That there is no release, and what else to do; empty where there is one. */
export function nothingFound({ releases }: StatusReport, { namespace }: StatusAsked): string {
  if (releases.length > 0) return "";
  const none = "there is no release of this chart in";
  return namespace === undefined
    ? `${none} any namespace`
    : `${none} namespace ${namespace}; --all-namespaces looks everywhere`;
}
