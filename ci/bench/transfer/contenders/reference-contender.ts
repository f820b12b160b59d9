import { fileURLToPath } from "node:url";
import type { Contender } from "../transfer-types.ts";
import { runProgram } from "./contender-process.ts";
import type { ContenderWorld } from "./contender-world.ts";
import type { ReferenceResult } from "./pull-like-reference.ts";

/** What reference-puller.ts prints. */
interface PullerReport extends ReferenceResult {
  readonly startedAtNs: string;
}

const puller = fileURLToPath(new URL("reference-puller.ts", import.meta.url));

/**
 * Pulls as the Go reference was measured to, by a program of ours (pull-like-reference.ts): a stand-in, not the reference itself. Its
 * clock starts with its first calls, since the reference, being in Go, has next to nothing to load; for the same reason it tells neither
 * processor time nor memory.
 */
export function referenceContender(name: string, { cluster, socketPath }: ContenderWorld): Contender {
  return {
    name,
    about:
      "a stand-in that behaves as the Go reference is measured to: all images at once, always PullImage, each attempt cut at 30 s, which doubles; its clock starts with its first PullImage call",
    run: async ({ images, signal }) => {
      const references = images.map(({ reference }) => reference);
      const { stdout } = await runProgram(
        cluster,
        { name, args: [puller, socketPath, ...references] },
        signal,
      );
      const { startedAtNs } = JSON.parse(stdout) as PullerReport;
      const agoMs = Number(process.hrtime.bigint() - BigInt(startedAtNs)) / 1e6;
      return { startedAtMs: performance.now() - agoMs };
    },
  };
}
