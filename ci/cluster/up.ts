import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeBridge } from "./bridge.ts";
import { type ControlPlanePart, controlPlaneParts, logFileOf } from "./control-plane.ts";
import { writeControlPlaneFiles } from "./control-plane-files.ts";
import {
  apiServerReady,
  controllersReady,
  isRunning,
  registryReady,
  startPart,
} from "./control-plane-process.ts";
import { type Cluster, describe } from "./describe.ts";
import { withFileLock } from "./file-lock.ts";
import { openFirewall } from "./firewall.ts";
import { clusterLock } from "./folders.ts";
import { prepareHost } from "./host-settings.ts";
import { ensureParts, lacksForParts } from "./install/ensure-parts.ts";
import { installPrograms, missingPrograms, programsToRun } from "./install/host-programs.ts";
import type { PartName } from "./install/parts.ts";
import { lacksToInstall, lacksToRun, MissingRequirements } from "./install/requirements.ts";
import type { Log } from "./log.ts";
import { initPid } from "./node-process.ts";
import { readNodes } from "./node-record.ts";
import { addNode, startNode } from "./nodes.ts";
import { pushPauseImage } from "./pause-image.ts";
import { type ClusterPlan, clusterPlan } from "./plan.ts";
import { takeSlot } from "./slots.ts";

const parts: readonly PartName[] = ["kubernetes", "containerd", "runc", "registry", "helm", "chart-tools"];

/** What is brought up. */
export interface UpOptions {
  readonly name: string;
  /** How many nodes, node1 and so on, there are at least. */
  readonly nodes: number;
  readonly log: Log;
}

/**
 * The cluster, once its control plane serves and all its nodes are Ready. What is there already stays; what died is
 * named in the log and started again. Throws MissingRequirements, before it changes anything, where it cannot run.
 */
export async function up({ name, nodes, log }: UpOptions): Promise<Cluster> {
  const startedMs = performance.now();
  const seconds = () => ((performance.now() - startedMs) / 1000).toFixed(1);
  clusterPlan(name, 1);
  const binFolders = await installClusterParts(log);
  return await withFileLock(
    clusterLock(name),
    async () => {
      const cluster = clusterPlan(name, await takeSlot(name));
      await prepareHost();
      linkPrograms(cluster, binFolders);
      await Promise.all([writeControlPlaneFiles(cluster), makeBridge(cluster), openFirewall(cluster)]);
      await startControlPlane(cluster, log);
      log(`control plane serves after ${seconds()} s`);
      await startNodes(cluster, nodes, log);
      await controllersReady(cluster);
      log(`cluster ${name} is up with ${readNodes(cluster).length} Ready nodes after ${seconds()} s`);
      return describe(name);
    },
    log,
  );
}

/**
 * The folders of the binaries that a cluster takes, in a fixed order; what is not cached is built first, which takes twenty minutes with empty caches.
 * Throws MissingRequirements where this machine cannot do it.
 */
export async function installClusterParts(log: Log): Promise<string[]> {
  const missing = missingPrograms(programsToRun);
  const lacks = [...lacksToRun(), ...lacksToInstall(missing), ...(await lacksForParts(parts))];
  if (lacks.length > 0) throw new MissingRequirements(lacks);
  if (missing.length > 0) await installPrograms(missing, log);
  return await ensureParts(parts, log);
}

function linkPrograms(cluster: ClusterPlan, folders: readonly string[]): void {
  mkdirSync(cluster.binDir, { recursive: true });
  for (const folder of folders) {
    for (const program of readdirSync(folder)) {
      const link = join(cluster.binDir, program);
      rmSync(link, { force: true });
      symlinkSync(join(folder, program), link);
    }
  }
}

async function startControlPlane(cluster: ClusterPlan, log: Log): Promise<void> {
  for (const part of controlPlaneParts) tellIfDied(cluster, part, log);
  await Promise.all(controlPlaneParts.map((part) => startPart(cluster, part)));
  await Promise.all([apiServerReady(cluster), registryReady(cluster).then(() => pushPauseImage(cluster))]);
  // They end by themselves if they cannot reach the API server for long, as when it is built up under load.
  await Promise.all(controlPlaneParts.map((part) => startPart(cluster, part)));
}

function tellIfDied(cluster: ClusterPlan, part: ControlPlanePart, log: Log): void {
  if (existsSync(logFileOf(cluster, part)) && !isRunning(cluster, part))
    log(`${part} had died; starting it again`);
}

async function startNodes(cluster: ClusterPlan, count: number, log: Log): Promise<void> {
  const known = readNodes(cluster);
  const wanted = [...Array(count).keys()].map((index) => `node${index + 1}`);
  const added = wanted.filter((name) => known.every((node) => node.name !== name));
  const stopped = known.filter((node) => initPid(node) === undefined).map((node) => node.name);
  for (const name of stopped) log(`${name} did not run; starting it again`);
  await Promise.all([
    ...stopped.map((name) => startNode(cluster, name)),
    ...added.map((name) => addNode(cluster, name)),
  ]);
}
