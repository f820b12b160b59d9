import { randomBytes } from "node:crypto";
import { type AgentLogLine, type FaultScene, type ListEnd, openFaultScene } from "./fault-scene.ts";
import { type LeakSearch, openLeakSearch } from "./leaks.ts";
import type { PrivateRegistry } from "./private-registry.ts";
import { pushSampleImage } from "./sample-image.ts";
import type { KnownSecret } from "./secret-forms.ts";

/** A scene of one node for private images. */
export interface PrivateScene extends AsyncDisposable {
  readonly faults: FaultScene;
  /** For every secret that the scene was opened with. */
  readonly leaks: LeakSearch;
  /** Pushes `count` images and returns their repositories' paths; each registry of the cluster has them. */
  push(name: string, count: number): Promise<readonly string[]>;
  /** Applies a pull secret. */
  secret(name: string, text: string, form?: SecretForm): Promise<void>;
  /** Installs the list with these pull secrets, waits for the round's end, and searches what can be seen of the release. */
  prefetch(
    release: string,
    images: readonly string[],
    secrets: readonly PullSecretValue[],
  ): Promise<PrivateEnd>;
}

/** An item of `pull.secrets`. */
export type PullSecretValue = string | { readonly name: string; readonly optional: boolean };

/** `opaque` is `.dockerconfigjson` in a Secret of no type, which the API server takes whatever stands there. */
export type SecretForm = "dockerconfigjson" | "dockercfg" | "opaque";

/** What a list came to, with what the log says of credentials. */
export interface PrivateEnd extends ListEnd {
  readonly log: readonly PrivateLogLine[];
  /** Of each attempt that a credential was refused in: where it comes from. */
  readonly refused: readonly (string | undefined)[];
  /** What of the credentials could not be used. */
  readonly problems: readonly (string | undefined)[];
  /** The error of each image that failed. */
  readonly errors: readonly string[];
  /** How long the round took, without the start of the pod. */
  readonly roundSeconds: number;
}

interface PrivateLogLine extends AgentLogLine {
  readonly credential?: string;
  readonly problem?: string;
  readonly roundNumber?: number;
}

/** Opens a scene whose leaks are searched for `secrets`; `name` as for `openScene`. */
export async function openPrivateScene(name: string, secrets: readonly KnownSecret[]): Promise<PrivateScene> {
  const faults = await openFaultScene(name);
  const leaks = openLeakSearch(faults.scene, secrets);
  // An agent that waits for this call's answer is there to be looked at, however busy the machine is.
  faults.proxy.setRule(({ method }) => {
    if (method === "Version") leaks.look();
    return undefined;
  });
  const scene: PrivateScene = {
    faults,
    leaks,
    push: async (image, count) => {
      const repositories = Array.from({ length: count }, (_, index) => `${name}/${image}-${index + 1}`);
      await Promise.all(repositories.map((repository) => pushSampleImage(repository)));
      return repositories;
    },
    secret: (secretName, text, form = "dockerconfigjson") => {
      const key = form === "dockercfg" ? ".dockercfg" : ".dockerconfigjson";
      const type = form === "opaque" ? "Opaque" : `kubernetes.io/${form}`;
      const metadata = { name: secretName };
      return faults.scene.apply({
        apiVersion: "v1",
        kind: "Secret",
        metadata,
        type,
        stringData: { [key]: text },
      });
    },
    prefetch: async (release, images, pullSecrets) => {
      const end = await faults.prefetch(release, images, { pull: { secrets: pullSecrets } });
      await leaks.assertNone(release);
      return privateEnd(end);
    },
    [Symbol.asyncDispose]: async () => {
      leaks[Symbol.dispose]();
      await faults[Symbol.asyncDispose]();
    },
  };
  return scene;
}

function privateEnd(end: ListEnd): PrivateEnd {
  const log = end.log as readonly PrivateLogLine[];
  const saying = (message: string) => log.filter(({ msg }) => msg === message);
  const [round] = log.filter(({ roundNumber }) => roundNumber !== undefined);
  return {
    ...end,
    log,
    refused: saying("credential refused").map(({ credential }) => credential),
    problems: saying("a source of credentials cannot be used").map(({ problem }) => problem),
    errors: saying("image failed").map(({ error }) => error ?? ""),
    roundSeconds: (round?.durationMs ?? Number.NaN) / 1000,
  };
}

/** A password, or a token, of this run alone. It has what URLs, JSON and forms write in other ways. */
export function randomSecret(): string {
  return `pw/${randomBytes(9).toString("hex")}+&%"`;
}

/** As much of a docker config's entry as stories write. */
export interface DockerLogin {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
  readonly identitytoken?: string;
}

/** The entry that `docker login` writes. */
export function loginOf(user: string, password: string): DockerLogin {
  return { auth: Buffer.from(`${user}:${password}`).toString("base64") };
}

/** The text of `.dockerconfigjson`. */
export function dockerConfig(auths: Readonly<Record<string, DockerLogin>>): string {
  return JSON.stringify({ auths });
}

/** Those to whom the registry gave something; undefined is nobody. Its ping and its refusals are nothing. */
export function letInBy({ requests }: PrivateRegistry): readonly (string | undefined)[] {
  const given = requests.filter(({ status }) => status === 200 || status === 307);
  return [...new Set(given.map(({ user }) => user))].sort();
}

/** Those that the registry, or its token server, refused. */
export function refusedBy({ requests, tokenRequests }: PrivateRegistry): readonly string[] {
  const refused = requests.filter(({ status, user }) => status === 401 && user !== undefined);
  const ungranted = tokenRequests.filter(({ isGranted }) => !isGranted);
  return [...refused, ...ungranted].map(({ user }) => user ?? "nobody");
}
