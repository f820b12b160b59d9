import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createImageService } from "../../../agent/cri/create-image-service.ts";
import { logLinesIn, prefetchArguments, startAgent } from "../../../agent/testing/agent-process.ts";
import { type ApiServer, startApiServer } from "../../../agent/testing/api-server.ts";
import { startContainerd } from "../../runtimes/containerd-process.ts";
import { openPrivateLab, type PrivateLab } from "../../runtimes/private-lab.ts";
import { inWords } from "../../runtimes/private-repository.ts";
import type { Runtime } from "../../runtimes/runtimes.ts";
import type { Repository } from "../../runtimes/scripted-registry.ts";
import { testCluster } from "./scene.ts";
import { type KnownSecret, placesWithSecrets } from "./secret-forms.ts";

/** What `docker login` writes for one registry. */
export interface DockerLogin {
  readonly auth: string;
  readonly identitytoken?: string;
}

/** A containerd alone, a registry of private repositories, and the agent as a process between them. */
export interface PrivateRuntime extends AsyncDisposable {
  readonly lab: PrivateLab;
  /** Writes a secret as the kubelet mounts it, for the lab's registry, and returns its folder. */
  writeSecret(name: string, login: DockerLogin): Promise<string>;
  /** Where the agent's log says that a secret's credential is from. */
  originOf(secretName: string): string;
  /** One round of the agent over the repository's image; `meanwhile` is done while it runs. */
  prefetch(
    repository: string,
    secretFolders: readonly string[],
    meanwhile?: () => Promise<void>,
  ): Promise<AgentEnd>;
}

/** How a round ended. */
export interface AgentEnd {
  readonly exitCode: number | null;
  readonly label: string | undefined;
  /** Whether the runtime has the image. */
  readonly isThere: boolean;
  /** The error that the log names last; empty where it names none. */
  readonly error: string;
  /** The origin of each credential that was refused, in their order. */
  readonly refused: readonly unknown[];
  /** What the registry was asked for the image, and by whom. */
  readonly asked: string;
  /** Where one of the secrets stands: arguments, output, what the API server was told, containerd's own log. */
  readonly leaks: readonly string[];
}

/** Opens both; nothing that was written may have one of `secrets` in it. */
export async function openPrivateRuntime(
  runtime: Runtime,
  repositories: Readonly<Record<string, Repository>>,
  secrets: readonly KnownSecret[],
): Promise<PrivateRuntime> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "private-"));
  opened.defer(() => rm(folder, { recursive: true }));
  const lab = opened.use(await openPrivateLab(repositories, testCluster().cgroup));
  const containerd = opened.use(await startContainerd(runtime, lab));
  const api = opened.adopt(await startApiServer(), ({ close }) => close());
  const service = opened.adopt(createImageService(containerd.socketPath), async ({ close }) => close());
  const stack = opened.move();

  const run = async (image: string, secretFolders: readonly string[], meanwhile?: () => Promise<void>) => {
    forget(api);
    const terminationMessage = join(folder, "termination-log");
    await writeFile(terminationMessage, "");
    const argv = prefetchArguments(
      containerd.socketPath,
      `--image=${image}`,
      ...secretFolders.map((at) => `--pull-secret=${at}`),
      "--on-failure=exit",
      // An image that was refused is asked for again 20 to 40 s later.
      "--backoff-scale=0.02",
      // The machine that runs the story may be fuller than a node should be.
      "--disk-min-free-percent=0",
      `--termination-message-path=${terminationMessage}`,
    );
    const { child, ended } = startAgent(argv, { env: { KUBECONFIG: api.kubeConfigPath } });
    try {
      await meanwhile?.();
      await ended;
    } finally {
      // Of use only where the line above has thrown: the agent would outlive the test.
      child.kill("SIGKILL");
    }
    const { exitCode, stdout, stderr } = await ended;
    const leaks = placesWithSecrets(
      [
        ["arguments", argv.join("\n")],
        ["stdout", stdout],
        ["stderr", stderr],
        ["termination message", await readFile(terminationMessage, "utf8")],
        ["API server", JSON.stringify(api.requests)],
        ["containerd's log", await readFile(join(dirname(containerd.root), "log"), "utf8")],
      ],
      secrets,
    );
    return { exitCode, log: logLinesIn(stdout), leaks };
  };

  return {
    lab,
    originOf: (secretName) => `${lab.address} of pull secret ${secretName}`,
    writeSecret: async (name, login) => {
      const at = join(folder, name);
      await mkdir(at, { recursive: true });
      await writeFile(join(at, ".dockerconfigjson"), JSON.stringify({ auths: { [lab.address]: login } }));
      return at;
    },
    prefetch: async (repository, secretFolders, meanwhile) => {
      const image = `${lab.address}/${repository}:1`;
      const { exitCode, log, leaks } = await run(image, secretFolders, meanwhile);
      const { kind } = await service.imageStatus(image, AbortSignal.timeout(5_000));
      return {
        exitCode,
        label: api.metadata.labels["image-prefetcher.stackrox.io/my-images"],
        isThere: kind === "present",
        error: String(log.findLast(({ error }) => error !== undefined)?.error ?? ""),
        refused: log.filter(({ msg }) => msg === "credential refused").map(({ credential }) => credential),
        asked: inWords(lab.registry.asks.filter((ask) => ask.repository === repository)),
        leaks,
      };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** As if no agent had ever run on the Node. */
function forget(api: ApiServer): void {
  api.requests.length = 0;
  api.metadata.labels = {};
  api.metadata.annotations = {};
}
