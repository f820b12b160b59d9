/** What one fleet comes to with one window before one registry. Times are in seconds, rates in bytes a second. */
export interface HerdRun {
  readonly nodes: number;
  readonly window: number;
  /** Whether it is the window that the chart's README has for such a fleet. */
  readonly isOwnWindow: boolean;
  /** Whether the registry has a bound. */
  readonly isBounded: boolean;
  /** What leaves the registry in the busiest second. */
  readonly peak: number;
  /** What leaves it in the busiest quarter of the window; without a window in the busiest second. */
  readonly peakOfQuarter: number;
  /** Requests in the busiest second. */
  readonly peakRequests: number;
  readonly mostAtOnce: number;
  readonly slowestSeconds: number;
  /** When the last node has the list, from the first pod on. */
  readonly lastDoneAt: number;
}
