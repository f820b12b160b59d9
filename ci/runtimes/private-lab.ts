import { hostsToml } from "../cluster/hosts-toml.ts";
import type { Surroundings } from "./containerd-process.ts";
import { openScriptedRegistry, type Repository, type ScriptedRegistry } from "./scripted-registry.ts";

/** A registry of private repositories, and what makes a runtime find it. */
export interface PrivateLab extends Surroundings, AsyncDisposable {
  readonly registry: ScriptedRegistry;
  /** `127.0.0.1:PORT`, where it is reached directly. */
  readonly address: string;
  /** `localhost:PORT`: a name that is looked up, for the same. */
  readonly named: string;
}

/**
 * Opens the lab. The registry is the mirror of `mirrored` too, as a hosts.toml says; `cluster` is the cgroup of the cluster that
 * its runtimes belong to.
 */
export async function openPrivateLab(
  repositories: Readonly<Record<string, Repository>>,
  cluster: string,
  mirrored: readonly string[] = [],
): Promise<PrivateLab> {
  const registry = await openScriptedRegistry(repositories, { host: "127.0.0.1" });
  const [address, named] = [`127.0.0.1:${registry.port}`, `localhost:${registry.port}`];
  const hosts = [[named, named], ...[address, ...mirrored].map((host) => [host, address])];
  return {
    registry,
    address,
    named,
    hosts: Object.fromEntries(hosts.map(([host = "", target = ""]) => [host, hostsToml(target)])),
    // Nothing listens there: every name is in a hosts.toml.
    nameServer: "127.0.0.1",
    cluster,
    [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
  };
}
