import assert from "node:assert/strict";
import { doctor } from "../commands/doctor.ts";
import type { DaemonSet } from "../doctor-api.ts";
import type { DoctorSettings } from "../settings.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createFakeDoctorApi, daemonSetOf } from "./fake-doctor-api.ts";
import { nodeFindings } from "./node-findings.ts";

const never = new AbortController().signal;
const log = `${JSON.stringify(nodeFindings())}\n`;

/** A cluster of one node, and the doctor in it. `podLog` is what its pod writes. */
export function createDoctorWorld(daemonSets: DaemonSet[] = [daemonSetOf("my-images")], podLog = log) {
  const api = createFakeDoctorApi(podLog, ...daemonSets);
  const clock = createFakeClock();
  const told: string[] = [];
  const start = (settings: Partial<DoctorSettings> = {}, signal = never) =>
    doctor(
      {
        node: "node-1",
        context: undefined,
        kubeconfig: undefined,
        namespace: undefined,
        release: undefined,
        output: "table",
        timeoutMs: 60_000,
        ...settings,
      },
      { api, clock, random: () => 0.5, tell: (line) => told.push(line) },
      signal,
    );
  return {
    api,
    clock,
    told,
    start,
    finish: (settings: Partial<DoctorSettings> = {}) => clock.finish(start(settings)),
    /** The one problem that the doctor finds. */
    problem: async (settings: Partial<DoctorSettings> = {}): Promise<string> => {
      const result = await clock.finish(start(settings));
      assert.ok(result.kind === "report" && result.exitCode === 1, JSON.stringify(result));
      assert.equal(result.report.problems.length, 1, JSON.stringify(result.report.problems));
      return result.report.problems[0] ?? "";
    },
  };
}
