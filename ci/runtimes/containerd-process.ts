import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createImageService } from "../../agent/cri/create-image-service.ts";
import { makeCgroup, trackingHierarchy } from "../cluster/cgroup.ts";
import { fileTail } from "../cluster/file-tail.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { writeFileAtomically } from "../cluster/write-file.ts";
import { containerdConfig } from "./containerd-config.ts";
import type { Runtime } from "./runtimes.ts";

/** A containerd without a node: a process of the host, in a mount namespace and a folder of its own. */
export interface ContainerdProcess extends AsyncDisposable {
  readonly socketPath: string;
  readonly pid: number;
  /** The folder of its store. */
  readonly root: string;
  /** Sends a signal, and returns when the process has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** What a containerd finds around it. */
export interface Surroundings {
  /** The hosts.toml of each registry, by `HOST:PORT`. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The address of its only name server. */
  readonly nameServer: string;
  /**
   * The cgroup of a cluster that is up: the process belongs to it and goes with it, so that nobody takes its namespace
   * for one that another cluster has left behind.
   */
  readonly cluster: string | undefined;
}

/**
 * Starts a containerd and returns once it knows its images. It pulls; it has nothing to run them with. `diskMegabytes`
 * gives its store a file system of that size.
 */
export async function startContainerd(
  { program, configVersion }: Runtime,
  { hosts, nameServer, cluster }: Surroundings,
  diskMegabytes?: number,
): Promise<ContainerdProcess> {
  const folder = await mkdtemp(join(tmpdir(), "containerd-"));
  const at = (file: string) => join(folder, file);
  mkdirSync(at("root"));
  for (const [host, text] of Object.entries(hosts)) writeFileAtomically(at(`hosts/${host}/hosts.toml`), text);
  writeFileAtomically(at("resolv.conf"), `nameserver ${nameServer}\n`);
  writeFileAtomically(at("config.toml"), containerdConfig(folder, configVersion));
  const command = [program, "--config", at("config.toml")];
  const child = launch(command, folder, diskMegabytes, cluster);
  let isMissing = false;
  child.on("error", () => {
    isMissing = true;
  });
  const hasEnded = () => isMissing || child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals) => {
    if (hasEnded()) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  };
  const dispose = async () => {
    await end("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const socketPath = at("containerd.sock");
    await waitUntil("containerd answers", 30_000, () => hasEnded() || isListening(socketPath), 10);
    await waitUntil("its images are known", 30_000, () => hasEnded() || isReady(socketPath), 10);
    if (hasEnded()) throw new Error(`${program} does not start: ${fileTail(at("log"), 20)}`);
    return { socketPath, pid: child.pid ?? 0, root: at("root"), end, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

// Whatever is mounted, and be it by containerd to unpack a layer, is unseen by the host and goes with the process,
// which goes with the test, however that ends.
const apart = "exec setpriv --pdeathsig KILL unshare --mount --propagation private";

function launch(
  command: readonly string[],
  folder: string,
  diskMegabytes: number | undefined,
  cluster: string | undefined,
): ChildProcess {
  const inside = ["set -e", 'mount --bind "$0/resolv.conf" /etc/resolv.conf'];
  if (diskMegabytes !== undefined) inside.push(`mount -t tmpfs -o size=${diskMegabytes}m tmpfs "$0/root"`);
  const steps = [`${apart} sh -c '${inside.join("; ")}; exec "$@"' "$@"`];
  if (cluster !== undefined) {
    const cgroup = join(cluster, "runtimes");
    makeCgroup(cgroup, [trackingHierarchy()]);
    steps.unshift("set -e", `echo $$ >${join(trackingHierarchy(), cgroup, "cgroup.procs")}`);
  }
  const log = openSync(join(folder, "log"), "a");
  try {
    return spawn("sh", ["-c", steps.join("; "), "sh", folder, ...command], {
      cwd: folder,
      stdio: ["ignore", log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** It takes connections a moment before it knows what it has. */
async function isReady(socketPath: string): Promise<boolean> {
  const service = createImageService(socketPath);
  try {
    const answer = await service.imageStatus("example.com/none:1", AbortSignal.timeout(5_000));
    return answer.kind === "absent";
  } finally {
    service.close();
  }
}

function isListening(socketPath: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(socketPath, () => resolve(true)).on("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
