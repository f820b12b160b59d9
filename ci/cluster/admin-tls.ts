import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterPlan } from "./plan.ts";

/** What `node:https` takes to speak to the API server as the cluster's administrator. */
export function adminTls({ pkiDir }: ClusterPlan): { ca: Buffer; cert: Buffer; key: Buffer } {
  const read = (file: string) => readFileSync(join(pkiDir, file));
  return { ca: read("ca.crt"), cert: read("admin.crt"), key: read("admin.key") };
}
