// What the runtimes really say: meets every fault on both and writes the tables that failure-from-error.test.ts reads.
// By hand, after a new version of containerd, as root; takes a minute or two: node_modules/.bin/node ci/runtimes/collect.ts
import { join } from "node:path";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { isServiceError } from "../../agent/cri/failure-from-error.ts";
import { statusDetailsFrom } from "../../agent/cri/status-details.ts";
import { methodOf, unaryCall } from "../../agent/cri/unary-call.ts";
import { writeFileAtomically } from "../cluster/write-file.ts";
import { root } from "../root.ts";
import { runMain } from "../run-main.ts";
import { startContainerd } from "./containerd-process.ts";
import { type Fault, quickFaults, slowFaults } from "./faults.ts";
import { type Lab, openLab } from "./lab.ts";
import { machineFaults, meetMachineFault } from "./machine-faults.ts";
import { rewrittenStatus } from "./rewritten-status.ts";
import { type Runtime, runtimes } from "./runtimes.ts";

const pullImage = methodOf<object, { imageRef: string }>("ImageService", "PullImage");
const log = (line: string) => void process.stdout.write(`${line}\n`);

await runMain(async () => {
  for (const { name, ensure } of runtimes) {
    const file = `agent/cri/seen/${name.replace(" ", "-")}.json`;
    const seen = await collect(await ensure(log));
    writeFileAtomically(join(root, file), `${JSON.stringify(seen, undefined, 2)}\n`);
    log(`${file}: ${seen.failures.length} failures of ${seen.runtime}`);
  }
});

async function collect(runtime: Runtime): Promise<{ runtime: string; failures: readonly object[] }> {
  const shown = (fault: Fault) => fault.runtimes?.includes(runtime.name) !== false;
  const [quick, slow, machine] = [quickFaults(), slowFaults().filter(shown), machineFaults().filter(shown)];
  await using lab = await openLab([...quick, ...slow, ...machine]);
  const failures: object[] = [];
  await using containerd = await startContainerd(runtime, lab);
  for (const fault of quick) {
    const error = await failureOf(containerd.socketPath, lab.imageOf(fault));
    failures.push(rowFrom(fault, error, lab));
  }
  const waited = await Promise.all(slow.map((fault) => failureOf(containerd.socketPath, lab.imageOf(fault))));
  failures.push(...waited.map((error, index) => rowFrom(slow[index] as Fault, error, lab)));
  for (const fault of machine) {
    const error = await meetMachineFault(fault, runtime, lab, failureOf);
    failures.push(rowFrom(fault, error, lab));
  }
  return { runtime: await versionOf(containerd.socketPath), failures };
}

async function versionOf(socketPath: string): Promise<string> {
  const version = methodOf<object, { runtimeName: string; runtimeVersion: string }>(
    "RuntimeService",
    "Version",
  );
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  try {
    const { runtimeName, runtimeVersion } = await unaryCall(client, version, {}, { signal: limit() });
    return `${runtimeName} ${runtimeVersion}`;
  } finally {
    client.close();
  }
}

/** The error of a pull. Throws where there is none: a fault that is none says nothing. */
async function failureOf(socketPath: string, image: string): Promise<ServiceError> {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  try {
    await unaryCall(client, pullImage, { image: { image } }, { signal: limit() });
  } catch (error) {
    if (isServiceError(error)) return error;
    throw new Error(`${image}: no answer`, { cause: error });
  } finally {
    client.close();
  }
  throw new Error(`${image} was pulled`);
}

function limit(): AbortSignal {
  return AbortSignal.timeout(120_000);
}

function rowFrom({ name, reason }: Fault, error: ServiceError, lab: Lab): object {
  const normalised = (text: string) => withoutChance(lab.normalised(text));
  const [trailer] = error.metadata.get("grpc-status-details-bin");
  const row = { fault: name, reason, code: status[error.code], details: normalised(error.details) };
  if (trailer === undefined || typeof trailer === "string") return row;
  const attached = Buffer.from(rewrittenStatus(trailer, normalised));
  return { ...row, attached: attached.toString("base64"), decoded: statusDetailsFrom(attached) };
}

/** Paths as they are on a node, and the same random numbers each time. */
function withoutChance(text: string): string {
  return text
    .replace(/\/\S*\/containerd-\w{6}\/root\//g, "/var/lib/containerd/")
    .replace(/containerd-mount\d+/g, "containerd-mount1")
    .replace(/extract-\d+-\S{4}/g, "extract-1-abcd");
}
