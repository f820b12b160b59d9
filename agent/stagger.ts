import { type NodeAndInstance, shareOf } from "./share-of.ts";

/** What a node's first pull is put off by, so that a fleet does not ask its registries all at once. */
export interface Stagger {
  /** This node's share of the window. */
  readonly delayMs: number;
  readonly windowMs: number;
  /** A Node that is younger does not wait: it was added to a fleet that has its images. */
  readonly nodeAgeMs: number;
}

/** What a share is taken of. */
export interface StaggerWindow extends NodeAndInstance {
  readonly windowMs: number;
}

/**
 * This node's share of the window, in whole milliseconds: from 0 up to the window, always the same for a node and an instance. Those of many
 * nodes lie evenly over it.
 */
export function staggerDelayMs(window: StaggerWindow): number {
  return Math.floor(shareOf(window) * window.windowMs);
}

/** The stagger that the settings ask for; undefined where they ask for none. */
export function staggerOf(
  settings: NodeAndInstance & { readonly staggerWindowMs: number; readonly staggerNodeAgeMs: number },
): Stagger | undefined {
  const { staggerWindowMs: windowMs, staggerNodeAgeMs: nodeAgeMs } = settings;
  if (windowMs === 0) return undefined;
  return { delayMs: staggerDelayMs({ ...settings, windowMs }), windowMs, nodeAgeMs };
}

/** Whether a Node of that age waits. One whose age nobody knows does: behind an API server that is away a whole fleet may be starting. */
export function hasToWait({ nodeAgeMs }: Stagger, ageMs: number | undefined): boolean {
  return ageMs === undefined || ageMs >= nodeAgeMs;
}
