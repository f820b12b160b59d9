/** What Node.js runs on, in its own words. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
}
