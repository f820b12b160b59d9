/** Takes one line of progress, without a line end. The command line prints it; tests keep or drop it. */
export type Log = (line: string) => void;
