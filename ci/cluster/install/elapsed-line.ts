import type { Log } from "../log.ts";

/**
 * The result of `action`, with a line that says how long it has been going on: refreshed every second on a
 * terminal, else a line every 30 s, so that a log shows that something still happens.
 */
export async function withElapsedLine<T>(what: string, log: Log, action: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const seconds = () => Math.round((performance.now() - startedMs) / 1000);
  const isTerminal = process.stderr.isTTY === true;
  log(what);
  const timer = setInterval(
    () => (isTerminal ? process.stderr.write(`\r  ${seconds()} s `) : log(`${what}: ${seconds()} s so far`)),
    isTerminal ? 1000 : 30_000,
  );
  try {
    const result = await action();
    log(`${what}: done after ${seconds()} s`);
    return result;
  } finally {
    clearInterval(timer);
    if (isTerminal) process.stderr.write("\r");
  }
}
