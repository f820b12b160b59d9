import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterAddresses } from "../address-plan.ts";
import { clustersFolder } from "../folders.ts";
import type { Slots } from "../slots.ts";

/** The clusters that are up beside the one under test, now or at some time during the test. */
export interface Bystanders {
  readonly areThere: boolean;
  /** Whether the line names one of their cgroups, folders, links, networks or firewall comments. */
  owns(line: string): boolean;
}

/** The bystanders that `slots` (one or several looks at slots.json) name, all but the cluster `name`. */
export function bystandersOf(name: string, looks: readonly Slots[]): Bystanders {
  const others = looks.flatMap((slots) => Object.entries(slots).filter(([other]) => other !== name));
  const patterns = others.map(([other, slot]) => {
    const { bridge, gateway } = clusterAddresses(slot);
    const network = gateway.split(".").slice(0, 2).join("\\.");
    const comment = `image-prefetcher-cluster:${other}\\b`;
    const places = [`prefetcher-${other}(/|\\s|$)`, `${clustersFolder()}/${other}(/|\\s|$)`];
    return new RegExp([...places, `\\b${bridge}(n\\d+)?\\b`, `\\b${network}\\.`, comment].join("|"));
  });
  return { areThere: others.length > 0, owns: (line) => patterns.some((pattern) => pattern.test(line)) };
}

/** Which cluster has which slot right now. */
export function lookAtSlots(): Slots {
  const file = join(clustersFolder(), "slots.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Slots) : {};
}
