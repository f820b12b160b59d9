import { readFile } from "node:fs/promises";
import { runCommand } from "../../run-command.ts";

/**
 * Gives what comes out of the other end of the cable whose end here is the interface `name` that rate, in Mbit/s; undefined takes a
 * rate away that this gave it. No other cable is touched.
 */
export async function setLinkRate(name: string, rateMbit: number | undefined): Promise<void> {
  const ofLink = ["dev", name];
  if (rateMbit !== undefined) await runCommand("tc", ["qdisc", "replace", ...ofLink, ...shape(rateMbit)]);
  else if (/^qdisc tbf /m.test((await runCommand("tc", ["qdisc", "show", ...ofLink])).stdout))
    await runCommand("tc", ["qdisc", "delete", ...ofLink, "root"]);
}

/** How many bytes have ever come out of the other end of that cable. What a full queue has dropped is not among them. */
export async function linkBytes(name: string): Promise<number> {
  return Number(await readFile(`/sys/class/net/${name}/statistics/tx_bytes`, "utf8"));
}

/** What `tc` is told. The rate counts whole Ethernet frames, as a cable's does: of bodies there is 4.4 % less. */
export function shape(rateMbit: number): readonly string[] {
  const rate = ["rate", `${Math.round(rateMbit * 1000)}kbit`];
  return ["root", "tbf", ...rate, "burst", `${burstBytes(rateMbit)}`, "latency", "50ms"];
}

/**
 * The kernel hands over packets of up to 64 KiB, and drops what the bucket cannot hold: a few at least. And what a busy machine comes
 * 10 ms too late to send must not be lost to the rate.
 */
function burstBytes(rateMbit: number): number {
  return Math.max(262_144, Math.round((rateMbit * 1e6) / 8 / 100));
}
