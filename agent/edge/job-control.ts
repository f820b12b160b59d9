/** A process as a job of its shell; `process` is one. */
export interface Job {
  readonly pid: number;
  on(signal: JobSignal, listener: () => void): unknown;
  off(signal: JobSignal, listener: () => void): unknown;
  kill(pid: number, signal: "SIGTSTP" | "SIGWINCH"): unknown;
}

/** Ctrl-Z, and what `fg` and `bg` send. */
export type JobSignal = "SIGTSTP" | "SIGCONT";

/** What is done about a job that its shell stops and continues. */
export interface JobReactions {
  /** Before it is stopped. */
  readonly stops: () => void;
  /** Once it goes on. */
  readonly goesOn: () => void;
}

/** Has that done until it is disposed of. Nothing is done for a process that hears of no signals. */
export function reactToShell(job: Partial<Job>, { stops, goesOn }: JobReactions): Disposable {
  if (!hearsSignals(job)) return { [Symbol.dispose]: () => {} };
  const stop = () => {
    stops();
    // By the signal's own effect, which it has where nobody listens: the shell sees how it was stopped, and where no shell could continue it
    // the kernel does not stop it.
    job.off("SIGTSTP", stop);
    job.kill(job.pid, "SIGTSTP");
  };
  const goOn = () => {
    job.off("SIGTSTP", stop);
    job.on("SIGTSTP", stop);
    // The kernel told the shell alone of another size meanwhile.
    job.kill(job.pid, "SIGWINCH");
    goesOn();
  };
  job.on("SIGTSTP", stop);
  job.on("SIGCONT", goOn);
  return {
    [Symbol.dispose]: () => {
      job.off("SIGTSTP", stop);
      job.off("SIGCONT", goOn);
    },
  };
}

function hearsSignals(job: Partial<Job>): job is Job {
  return [job.on, job.off, job.kill].every((each) => each !== undefined) && job.pid !== undefined;
}
