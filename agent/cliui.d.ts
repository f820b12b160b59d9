// cliui ships no types. As much of it as doctor-table.ts uses.
declare module "cliui" {
  /** A cell of a row. */
  interface Column {
    readonly text: string;
    /** In characters, padding included. */
    readonly width: number;
    /** Top, right, bottom and left. */
    readonly padding: readonly [number, number, number, number];
  }
  interface Page {
    /** Adds a row. */
    div(...columns: readonly Column[]): void;
    toString(): string;
  }
  export default function cliui(options: { readonly width: number; readonly wrap: boolean }): Page;
}
