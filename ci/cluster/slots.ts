import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import { maxSlot, touchesSlot } from "./address-plan.ts";
import { withFileLock } from "./file-lock.ts";
import { clustersFolder, sharedLock } from "./folders.ts";
import { writeFileAtomically } from "./write-file.ts";

/** Which cluster has which slot. */
export type Slots = Readonly<Record<string, number>>;

/** The slot of the cluster; one that no cluster has and no address of the host touches if it has none yet. */
export async function takeSlot(name: string): Promise<number> {
  return await withFileLock(sharedLock(), async () => {
    const slots = readSlots();
    const slot = slots[name] ?? freeSlot(slots, await hostAddresses());
    writeSlots({ ...slots, [name]: slot });
    return slot;
  });
}

/** Forgets the cluster's slot and runs `last`, still under the lock, if no other cluster has one. */
export async function releaseSlot(name: string, last: () => Promise<void>): Promise<void> {
  await withFileLock(sharedLock(), async () => {
    const { [name]: _released, ...others } = readSlots();
    if (Object.keys(others).length === 0) await last();
    writeSlots(others);
  });
}

/** The cluster's slot, or undefined if no `up` has begun since its last `down`. */
export function slotOf(name: string): number | undefined {
  return readSlots()[name];
}

/** The smallest slot that is neither taken nor touched by one of the host's addresses and routes. */
export function freeSlot(slots: Slots, addresses: readonly string[]): number {
  const taken = new Set(Object.values(slots));
  for (let slot = 1; slot <= maxSlot; slot++) {
    if (!taken.has(slot) && !addresses.some((address) => touchesSlot(slot, address))) return slot;
  }
  throw new Error(
    `all ${maxSlot} networks for clusters are taken: end one by \`npm run cluster -- down --name NAME\``,
  );
}

async function hostAddresses(): Promise<string[]> {
  const { stdout } = await runCommand("ip", ["-4", "-j", "route", "show", "table", "all"]);
  const routes = JSON.parse(stdout) as { dst?: string }[];
  return routes.flatMap((route) => route.dst ?? []);
}

function slotsFile(): string {
  return join(clustersFolder(), "slots.json");
}

function readSlots(): Slots {
  return existsSync(slotsFile()) ? (JSON.parse(readFileSync(slotsFile(), "utf8")) as Slots) : {};
}

function writeSlots(slots: Slots): void {
  writeFileAtomically(slotsFile(), JSON.stringify(slots));
}
