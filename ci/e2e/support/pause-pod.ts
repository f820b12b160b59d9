import { testCluster } from "./scene.ts";

/** A pod that only sleeps, with `spec` merged over: what a user's workload is to the scheduler. */
export function pausePod(name: string, spec: object): object {
  const container = {
    name: "pause",
    image: `${testCluster().registry}/pause:3.10`,
    imagePullPolicy: "IfNotPresent",
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 0, containers: [container], ...spec },
  };
}

/** A required nodeAffinity on one label value, as the README shows it. */
export function requiredAffinity(key: string, values: readonly string[]): object {
  const nodeSelectorTerms = [{ matchExpressions: [{ key, operator: "In", values }] }];
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}
