/** The clusters that the stories bring up. `npm test` takes each down before its run and after it. */
export const storyClusters = {
  /** All scenes are on it. */
  scenes: "test",
  /** The README's release works on every node there is, so it has nodes of its own. */
  readme: "readme",
  /** What the README's `npm run demo` brings up. */
  readmeDemo: "readme-demo",
  /** Brought up to see what `down` leaves of it. */
  leavesNothing: "leak",
  /** Has thousands of Node objects and no node. */
  fleet: "fleet",
  /** Has thousands too, of Nodes and of pods, and stops its API server. */
  fleetStatus: "fleet-status",
  /** The quick bench's, with one node on which images are pulled. */
  quickBench: "quick-bench",
  /** The quick bench's, with one node on which programs are measured. */
  quickFootprint: "quick-footprint",
  /** The quick bench's, with hundreds of Node objects and no node. */
  quickFleet: "quick-fleet",
} as const;
