/** What Node.js runs on, and what started it, in its own words; `process` is one. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly execPath: string;
  /** The arguments of Node.js itself. */
  readonly execArgv: readonly string[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Processor time of the process so far, in microseconds. */
  cpuUsage(): { readonly user: number; readonly system: number };
  /** Becomes another program; where that cannot be started, the process aborts. */
  execve?(file: string, args: readonly string[], env: Record<string, string>): never;
}
