// What the flags' texts mean. Each function throws an Error whose message is the sentence for the user.
import { msFromDuration } from "./duration.ts";
import { instanceProblem } from "./node-record.ts";

/** `text` as a label name. */
export function instance(text: string): string {
  const problem = instanceProblem(text);
  if (problem !== undefined) throw new Error(`--instance: ${problem}`);
  return text;
}

/** `instance` for a flag that may be left out. */
export function optionalInstance(text: string | undefined): string | undefined {
  return text === undefined ? text : instance(text);
}

/** `text` as a Node's name. A Node that does not exist ends the agent with 0, so an impossible name is refused here. */
export const nodeName = nodeNamed("node-name");

/** Reads `--<flag>` as a Node's name. */
export function nodeNamed(flag: string): (text: string) => string {
  return (text) => {
    if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text)) return text;
    throw new Error(`--${flag} is the name of a Node, and ${JSON.stringify(text)} cannot be one`);
  };
}

/** Reads `--<flag>` as `<namespace>/<release>`; a flag that is not given stays undefined. */
export function ownerNamed(flag: string): (text: string | undefined) => string | undefined {
  return (text) => {
    if (text === undefined || /^[^\s/]+\/[^\s/]+$/.test(text)) return text;
    throw new Error(`--${flag} is <namespace>/<release>, and ${JSON.stringify(text)} is not`);
  };
}

/** `text` as a number of pulls at once, 1 to 64. */
export function concurrency(text: string): number {
  const count = Number(text);
  if (/^[0-9]+$/.test(text) && count >= 1 && count <= 64) return count;
  throw new Error(`--concurrency is a whole number from 1 to 64, and ${JSON.stringify(text)} is not`);
}

/** `text` as a share of the disk in percent, 0 to 90. */
export function minFreePercent(text: string): number {
  const percent = Number(text);
  if (/^[0-9]+$/.test(text) && percent <= 90) return percent;
  throw new Error(
    `--disk-min-free-percent is a whole number from 0 to 90, and ${JSON.stringify(text)} is not`,
  );
}

/** `text` as a factor above 0, 10 at most. */
export function backoffScale(text: string): number {
  const scale = Number(text);
  if (/^[0-9]*\.?[0-9]+$/.test(text) && scale > 0 && scale <= 10) return scale;
  throw new Error(
    `--backoff-scale is a number above 0 and at most 10, such as 0.1, and ${JSON.stringify(text)} is not`,
  );
}

/** Reads `--<flag>` as a duration, in milliseconds; a flag that is not given stays undefined. */
export function optionalDurationOf(flag: string): (text: string | undefined) => number | undefined {
  const duration = durationOf(flag);
  return (text) => (text === undefined ? undefined : duration(text));
}

/** Reads `--<flag>` as a duration, in milliseconds. */
export function durationOf(flag: string): (text: string) => number {
  return (text) => {
    const ms = msFromDuration(text);
    if (ms !== undefined && ms > 0) return ms;
    throw new Error(
      `--${flag} is a duration such as 90s, 60m or 1h30m, above 0 and below 25 days, and ${JSON.stringify(text)} is not`,
    );
  };
}

/** Reads `--<flag>` as a duration that may be 0, in milliseconds. */
export function durationOrNoneOf(flag: string): (text: string) => number {
  return (text) => {
    const ms = msFromDuration(text);
    if (ms !== undefined) return ms;
    throw new Error(
      `--${flag} is a duration such as 0s, 90s or 1h30m, below 25 days, and ${JSON.stringify(text)} is not`,
    );
  };
}

// A look takes a quarter of a second of processor time, on every node.
const shortestIntervalMs = 10_000;

/** Reads `--<flag>` as a duration that looks may be apart, in milliseconds. */
export function intervalOf(flag: string): (text: string) => number {
  const duration = durationOf(flag);
  return (text) => {
    const ms = duration(text);
    if (ms >= shortestIntervalMs) return ms;
    throw new Error(
      `--${flag} is ${shortestIntervalMs / 1000}s at least, and ${JSON.stringify(text)} is less`,
    );
  };
}

/** The same for a flag that may be left out; undefined then. */
export function optionalIntervalOf(flag: string): (text: string | undefined) => number | undefined {
  const interval = intervalOf(flag);
  return (text) => (text === undefined ? undefined : interval(text));
}

/** `text` as a socket's absolute path; the scheme that the kubelet's own setting has may stand before it. */
export function socketPath(text: string): string {
  const path = text.replace(/^unix:\/\//, "");
  if (path.startsWith("/")) return path;
  throw new Error(`--cri-socket is the absolute path of a Unix socket, and ${JSON.stringify(text)} is not`);
}

/** Reads `--<flag>` as an absolute path; a flag that is not given stays undefined. */
export function optionalPathOf(flag: string): (text: string | undefined) => string | undefined {
  return (text) => {
    if (text === undefined || text.startsWith("/")) return text;
    throw new Error(`--${flag} is an absolute path, and ${JSON.stringify(text)} is not`);
  };
}
