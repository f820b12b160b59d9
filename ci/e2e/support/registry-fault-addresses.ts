import { trust } from "../../cluster/cluster.ts";
import { testCluster } from "./scene.ts";

/** HOST:PORT of a registry that refuses connections: a host that is there, where nothing listens. */
export async function refusingRegistry(): Promise<string> {
  // No program gets this port without asking for it.
  return trusted(`${testCluster().gateway}:1`);
}

/** HOST:PORT of a registry on a host that is not there: after some seconds, "no route to host". */
export async function unreachableRegistry(): Promise<string> {
  // Between the cluster's own address and that of its first node (address-plan.ts).
  return trusted(`${testCluster().gateway.replace(/\.1$/, ".9")}:5000`);
}

/** The address, which every node may now try in plain http, as it does a front's. */
async function trusted(address: string): Promise<string> {
  await trust(testCluster(), address);
  return address;
}
