import { randomInt } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAuthority, makeCertificate } from "../cluster/certificates.ts";
import type { Surroundings } from "./containerd-process.ts";
import type { Door, Fault } from "./faults.ts";
import { openNameServer } from "./name-server.ts";
import { openScriptedRegistry, type Repository, type ScriptedRegistry } from "./scripted-registry.ts";

/** The registries that a runtime meets its faults at, on loopback addresses of their own. */
export interface Lab extends Surroundings, AsyncDisposable {
  /** The registry that is reached as it should be. */
  readonly registry: ScriptedRegistry;
  /** What is to be pulled to meet the fault. */
  imageOf(fault: Fault): string;
  /** `text` as it would be in a lab at the addresses 127.77.0.*, port 5000. */
  normalised(text: string): string;
}

/** Opens the lab for these faults; `cluster` is the cgroup of the cluster that its runtimes belong to, if any. */
export async function openLab(faults: readonly Fault[], cluster?: string): Promise<Lab> {
  const stack = new AsyncDisposableStack();
  try {
    // A network of its own for each lab: its name server needs port 53.
    const network = `127.${randomInt(78, 255)}.${randomInt(256)}`;
    const at = (number: number) => `${network}.${number}`;
    const repositories: Record<string, Repository> = {};
    for (const { name, repository } of faults) if (repository !== undefined) repositories[name] = repository;
    const open = async (number: number, tls?: { key: Buffer; cert: Buffer }) =>
      stack.use(
        await openScriptedRegistry(repositories, {
          host: at(number),
          ...(tls === undefined ? {} : { tls }),
        }),
      );
    const registry = await open(1);
    const tls = await certificateFor(at(3));
    const doors: Readonly<Record<Door, string>> = {
      plain: `${at(1)}:${registry.port}`,
      "https-to-plain": `${at(2)}:${(await open(2)).port}`,
      "unknown-authority": `${at(3)}:${(await open(3, tls)).port}`,
      "http-to-tls": `${at(4)}:${(await open(4, tls)).port}`,
      refused: `${at(5)}:${registry.port}`,
      deaf: `${at(6)}:${await openDeafPort(at(6), stack)}`,
      "no-such-name": "nowhere.example:5000",
      "name-server-fails": "broken.example:5000",
    };
    const { address } = stack.use(await openNameServer(at(9)));
    const owned = stack.move();
    return {
      hosts: Object.fromEntries(
        Object.entries(doors).map(([door, host]) => [host, hostsFile(door as Door, host)]),
      ),
      nameServer: address,
      cluster,
      registry,
      imageOf: ({ name, door = "plain", object = ":1", reference = `${doors[door]}/${name}${object}` }) =>
        reference,
      normalised: (text) =>
        text
          .replaceAll(`${network}.`, "127.77.0.")
          .replace(/127\.0\.0\.1:\d+->/g, "127.0.0.1:40000->")
          .replace(/(127\.77\.0\.[1-6]:)\d+/g, "$15000"),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  } finally {
    // Empty where all went well.
    await stack.disposeAsync();
  }
}

function hostsFile(door: Door, host: string): string {
  const scheme = ["https-to-plain", "unknown-authority", "deaf"].includes(door) ? "https" : "http";
  const url = `${scheme}://${host}`;
  // Without a section of its own, containerd 1.6 passes over the line above it.
  return `server = "${url}"\n\n[host."${url}"]\n  capabilities = ["pull", "resolve"]\n`;
}

/** The port of a server that takes connections and never says a word, until `stack` is disposed of. */
async function openDeafPort(host: string, stack: AsyncDisposableStack): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => {}).resume()));
  await new Promise<void>((resolve, reject) => server.on("error", reject).listen(0, host, resolve));
  stack.defer(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A certificate for that address, of an authority that nobody knows. */
async function certificateFor(address: string): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), "lab-"));
  try {
    await makeAuthority(folder);
    await makeCertificate(folder, folder, {
      file: "lab",
      commonName: "registry",
      serverNames: [`IP:${address}`],
    });
    const [key, cert] = await Promise.all([
      readFile(join(folder, "lab.key")),
      readFile(join(folder, "lab.crt")),
    ]);
    return { key, cert };
  } finally {
    await rm(folder, { recursive: true });
  }
}
