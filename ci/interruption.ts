/**
 * A signal that aborts when this process is told to end. From the call on no such message ends the process by itself,
 * however often it comes: Ctrl-C comes from the terminal and once more from ci/bootstrap.mjs.
 */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));
  }
  return interrupted.signal;
}
