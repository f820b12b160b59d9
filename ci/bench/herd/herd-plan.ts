import { staggerDelayMs } from "../../../agent/stagger.ts";
import type { Random } from "../seeded-random.ts";

const minute = 60;
const hour = 60 * minute;

/** A fleet whose nodes have all of a list to pull, and the window that the chart's README has for it. */
export interface HerdFleet {
  readonly nodes: number;
  /** In seconds; 0 where it needs none. */
  readonly window: number;
}

/** The rows of the table in the chart's README, for a registry of `registryRate` and lists of `listBytes`. */
export const herdFleets: readonly HerdFleet[] = [
  { nodes: 100, window: 0 },
  { nodes: 1_000, window: 35 * minute },
  { nodes: 5_000, window: 3 * hour },
  { nodes: 10_000, window: 6 * hour },
];

/** The windows that each fleet is tried with beside its own, in seconds. */
export const commonWindows: readonly number[] = [0, minute, 10 * minute, hour];

/** What each node pulls: 20 images of 100 MB. */
export const listBytes = 2e9;

/** Of each image two for the tag, its index, its manifest, its configuration and a layer. */
export const requestsPerNode = 20 * 6;

const bytesOfGbit = 1e9 / 8;

/** A node's link of 1 Gbit/s, in bytes a second. */
export const linkRate = bytesOfGbit;

/** What the registry with a bound can give, 10 Gbit/s, in bytes a second. */
export const registryRate = 10 * bytesOfGbit;

/** Bytes a second in Gbit/s. */
export function gbit(rate: number): number {
  return rate / bytesOfGbit;
}

/** How many pods a second the DaemonSet's controller makes: the controller manager's own limit of requests (`--kube-api-qps`). */
export const podsPerSecond = 20;

/** When each node begins to pull, in seconds: its pod is made in the controller's turn, starts within two seconds, and waits for its share. */
export function startsOf(nodes: number, window: number, random: Random): readonly number[] {
  return Array.from({ length: nodes }, (_, index) => {
    const nodeName = `ip-10-${index >> 16}-${(index >> 8) & 255}-${index & 255}.eu-west-1.compute.internal`;
    const share = staggerDelayMs({ nodeName, instance: "my-images", windowMs: window * 1_000 }) / 1_000;
    return index / podsPerSecond + 2 * random() + share;
  });
}
