import { keyOf } from "../../agent/node-record.ts";

/** Something to try on the demo's cluster, for a shell in this checkout that has the cluster's environment. */
export interface NextStep {
  readonly command: string;
  /** What one sees. */
  readonly shows: string;
}

/** Three things to try on the cluster `name`, where `release` is installed. They may be run in any order. */
export function nextSteps(name: string, release: string): readonly NextStep[] {
  return [
    {
      command: `kubectl logs -l app.kubernetes.io/name=prefetcher,app.kubernetes.io/instance=${release} -c prefetch --tail=-1`,
      shows: "what each node did",
    },
    {
      command: `npm run cluster -- node add node3 --name ${name}; kubectl get nodes -L ${keyOf(release)} -w`,
      shows: "a new node is prefetched too",
    },
    {
      command: `helm upgrade ${release} ./charts/prefetcher --set 'images={registry.example.com/shop/web:no-such-tag}'`,
      shows: "see it fail",
    },
  ];
}
