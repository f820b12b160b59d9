import type { FleetPlan } from "./fleet-plan.ts";
import type { FleetResults } from "./fleet-results.ts";

/** What a reader of the figures has to know, a sentence each. */
export function notesOf({ atOnce, atOnceWithFaults }: FleetPlan, results: FleetResults): readonly string[] {
  return [
    `Half of the nodes have all images; of the others one in five has one that nobody can pull. ${atOnce} agents run at once, ${atOnceWithFaults} with faults; the next starts when one has ended. After an outage all run at once.`,
    "A write is measured at its request, its connection and the parsing of the answer included; of one that needed several tries only the last, which was answered. Without faults each agent has its own TLS connection to the API server; with faults plain HTTP to a proxy that shares connections.",
    "CPU is user and system time of kube-apiserver and etcd by the kernel, all requests of an agent together. etcd runs without fsync, on one member. Put is every byte of keys and values given to etcd; in use is what its database has grown by, with all versions until the next compaction.",
    "All agents share one account and one token, and no admission policy of the chart is installed.",
    ...(results.again.length > 0 ? [againNote] : []),
    ...[...results.plain, ...results.again].map(driverNote),
    "Beyond the largest fleet each total follows the line through the two largest. Latencies are not extrapolated. A wave is run once: it has as many measurements as nodes.",
  ];
}

const againNote =
  "API server CPU per label grew by more than its bar, as it also does where the machine is busy for a while: it was measured once more, and goes by that.";

function driverNote({ nodes, measuredBytes, driver, wallMs }: FleetResults["plain"][number]): string {
  const share = ((100 * driver.cpuMs) / wallMs).toFixed(0);
  return `The process with the agents took ${share} % of one core at ${nodes} nodes of ${measuredBytes} bytes, and its timers were up to ${driver.lagP99Ms.toFixed(0)} ms late (p99): so much of a write's time may be its own.`;
}
