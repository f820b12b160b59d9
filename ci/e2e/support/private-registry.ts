import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { killCgroup, removeCgroup, trackingHierarchy } from "../../cluster/cgroup.ts";
import { type Cluster, trust } from "../../cluster/cluster.ts";
import { configText } from "../../cluster/config-text.ts";
import { fileTail } from "../../cluster/file-tail.ts";
import { startInCgroup } from "../../cluster/start-in-cgroup.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { htpasswdText } from "./htpasswd.ts";
import { testCluster } from "./scene.ts";
import {
  serveTokens,
  type TokenRequest,
  type TokenUsers,
  tokenIssuer,
  tokenService,
} from "./token-server.ts";
import { serveWitnessFront, type WitnessedRequest, type WitnessFront } from "./witness-front.ts";

/** A registry that lets in those it knows. It has every image of the test cluster's registry, and takes none. */
export interface PrivateRegistry extends AsyncDisposable {
  /** Of its cgroup, below the cluster's `control`, and of its folder, in the cluster's. */
  readonly id: string;
  /** `HOST:PORT`, trusted by every node. */
  readonly address: string;
  /** What it was asked, by whom, and what it said. */
  readonly requests: readonly WitnessedRequest[];
  /** What its token server was asked; empty with htpasswd. */
  readonly tokenRequests: readonly TokenRequest[];
  /** Forgets the requests so far. */
  clear(): void;
}

export interface PrivateRegistryOptions extends TokenUsers {
  readonly auth: "htpasswd" | "token";
  /** HOST:PORT to which whoever may have a blob is sent for it (307). */
  readonly redirectBlobsTo?: string;
}

/**
 * Starts a registry of the cluster's own part over the cluster registry's storage. Its process is in the cluster's cgroup and its
 * files in the cluster's folder, so that a `down` finds them where a story was killed.
 */
export async function openPrivateRegistry(options: PrivateRegistryOptions): Promise<PrivateRegistry> {
  await using opened = new AsyncDisposableStack();
  const cluster = testCluster();
  const id = `private-${randomBytes(4).toString("hex")}`;
  const folder = join(cluster.folder, id);
  mkdirSync(folder, { mode: 0o700 });
  opened.defer(async () => rmSync(folder, { recursive: true }));

  const tokens =
    options.auth === "token" ? opened.use(await serveTokens(cluster.gateway, options)) : undefined;
  const auth =
    tokens === undefined
      ? await htpasswdAuth(folder, options.users)
      : tokenAuth(folder, tokens.realm, tokens.keySet);
  const socketPath = join(folder, "socket");
  const config = join(folder, "registry.json");
  writeFileSync(config, configText(registryConfig(cluster, socketPath, auth)));
  opened.defer(() => stopProcess(cluster, id));
  const logFile = join(folder, "log");
  await startProcess(cluster, id, config, logFile);
  const front = opened.use(
    await serveWitnessFront(cluster.gateway, { upstream: { socketPath }, ...redirectOf(options) }),
  );
  await untilItAsksWho(front, logFile);
  await trust(cluster, front.address);
  const stack = opened.move();
  return {
    id,
    address: front.address,
    requests: front.requests,
    tokenRequests: tokens?.requests ?? [],
    clear: () => {
      front.clear();
      tokens?.clear();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const redirectOf = ({ redirectBlobsTo }: PrivateRegistryOptions) =>
  redirectBlobsTo === undefined ? {} : { redirectBlobsTo };

async function htpasswdAuth(folder: string, users: PrivateRegistryOptions["users"]): Promise<object> {
  const path = join(folder, "htpasswd");
  writeFileSync(path, await htpasswdText(users));
  return { htpasswd: { realm: "private", path } };
}

function tokenAuth(folder: string, realm: string, keySet: object): object {
  const jwks = join(folder, "jwks.json");
  writeFileSync(jwks, JSON.stringify(keySet));
  return { token: { realm, jwks, service: tokenService, issuer: tokenIssuer } };
}

function registryConfig(cluster: Cluster, socketPath: string, auth: object): object {
  return {
    version: 0.1,
    log: { level: "warn", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(cluster.folder, "registry") },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: true } },
    },
    auth,
    http: { net: "unix", addr: socketPath },
  };
}

const cgroupOf = (cluster: Cluster, id: string) => `${cluster.cgroup}/control/${id}`;

async function startProcess(cluster: Cluster, id: string, config: string, logFile: string): Promise<void> {
  await startInCgroup({
    cgroup: cgroupOf(cluster, id),
    within: [trackingHierarchy()],
    logFile,
    command: [join(cluster.binDir, "registry"), "serve", config],
    cwd: cluster.folder,
    // It would look for a collector of traces otherwise.
    env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
  });
}

async function untilItAsksWho(front: WitnessFront, logFile: string): Promise<void> {
  const isReady = async () => (await fetch(`http://${front.address}/v2/`)).status === 401;
  await waitUntil("a private registry that asks who is there", 20_000, isReady, 20).catch((cause: Error) => {
    throw new Error(`${cause.message}; the end of its log:\n${fileTail(logFile)}`, { cause });
  });
  front.clear();
}

async function stopProcess(cluster: Cluster, id: string): Promise<void> {
  await killCgroup(cgroupOf(cluster, id));
  await removeCgroup(cgroupOf(cluster, id));
}
