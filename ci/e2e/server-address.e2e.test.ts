import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Client, credentials } from "@grpc/grpc-js";
import { failureFromError } from "../../agent/cri/failure-from-error.ts";
import { methodOf, unaryCall } from "../../agent/cri/unary-call.ts";
import { type ContainerdProcess, startContainerd } from "../runtimes/containerd-process.ts";
import { openPrivateLab, type PrivateLab } from "../runtimes/private-lab.ts";
import { behindPassword, inWords } from "../runtimes/private-repository.ts";
import { runtimes } from "../runtimes/runtimes.ts";
import { proveFault } from "./support/fault-table.ts";
import { testCluster } from "./support/scene.ts";

// Why the agent leaves AuthConfig's server_address empty, as the kubelet does.

/** How the registry is reached: by its address, by its name, as the mirror of a name, or as Docker Hub's mirror. */
type Way = "address" | "name" | "mirror" | "hub";

interface Attempt {
  /** The repository of its own that this attempt is for: what one pull has fetched must not help another. */
  readonly repository: string;
  readonly way: Way;
  readonly serverAddress: (lab: PrivateLab) => string;
}

interface RefusedAttempt extends Attempt {
  readonly fault: string;
  /** What the runtime says. */
  readonly says: RegExp;
}

// 2.4 and 1.6 say the same in different words.
const noCredential =
  /authorization failed: no basic auth credentials$|failed with status code \[manifests 1\]: 401 Unauthorized$/;

const refused: readonly RefusedAttempt[] = [
  {
    repository: "team/other",
    fault: "another registry's URL",
    way: "address",
    serverAddress: () => "https://other.example.com",
    says: noCredential,
  },
  {
    repository: "team/bare",
    fault: "the registry's bare HOST:PORT, as a docker config has it",
    way: "name",
    serverAddress: ({ named }) => named,
    says: noCredential,
  },
  {
    repository: "team/bare-address",
    fault: "the registry's bare IP:PORT",
    way: "address",
    serverAddress: ({ address }) => address,
    says: /parse server address: parse "127\.0\.0\.1:\d+": first path segment in URL cannot contain colon$/,
  },
  {
    repository: "team/reference",
    fault: "the URL of the image's registry, where a mirror is asked",
    way: "mirror",
    serverAddress: () => "https://private.example.com",
    says: noCredential,
  },
  {
    repository: "team/hub-key",
    fault: "Docker Hub's key in a docker config, https://index.docker.io/v1/",
    way: "hub",
    serverAddress: () => "https://index.docker.io/v1/",
    says: noCredential,
  },
];

const empty = () => "";
const taken: readonly Attempt[] = [
  { repository: "team/empty-address", way: "address", serverAddress: empty },
  { repository: "team/empty-name", way: "name", serverAddress: empty },
  { repository: "team/empty-mirror", way: "mirror", serverAddress: empty },
  { repository: "team/empty-hub", way: "hub", serverAddress: empty },
  { repository: "team/url", way: "name", serverAddress: ({ named }) => `http://${named}` },
  { repository: "team/mirror-url", way: "mirror", serverAddress: ({ address }) => `https://${address}` },
];

function hostOf(way: Way, { address, named }: PrivateLab): string {
  return { address, name: named, mirror: "private.example.com", hub: "docker.io" }[way];
}

const login = { username: "alice", password: "right-password-of-alice" };
const repositories = Object.fromEntries(
  [...refused, ...taken].map(({ repository }) => [
    repository,
    behindPassword(repository, { passwords: { [login.username]: login.password } }),
  ]),
);
const pullImage = methodOf<object, { imageRef: string }>("ImageService", "PullImage");

for (const { name, ensure } of runtimes) {
  describe(`a credential with a server_address on ${name}`, () => {
    let lab: PrivateLab;
    let containerd: ContainerdProcess;
    let client: Client;
    before(async () => {
      lab = await openPrivateLab(repositories, testCluster().cgroup, ["private.example.com", "docker.io"]);
      containerd = await startContainerd(await ensure(() => {}), lab);
      client = new Client(`unix:${containerd.socketPath}`, credentials.createInsecure());
    });
    after(async () => {
      client?.close();
      await containerd?.[Symbol.asyncDispose]();
      await lab?.[Symbol.asyncDispose]();
    });

    /** What came of a pull, and who the registry saw. */
    const pull = async ({ repository, way, serverAddress }: Attempt) => {
      const request = {
        image: { image: `${hostOf(way, lab)}/${repository}:1` },
        auth: { ...login, serverAddress: serverAddress(lab) },
      };
      const error = await unaryCall(client, pullImage, request, { signal: AbortSignal.timeout(20_000) }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      const asks = lab.registry.asks.filter((ask) => ask.repository === repository);
      return { error, asked: inWords(asks), hadCredential: asks.map((ask) => ask.hasCredential) };
    };

    for (const attempt of refused) {
      it(`is not sent with ${attempt.fault}`, () =>
        proveFault(
          {
            row: 0,
            fault: `a right credential with server_address: ${attempt.fault} (${name})`,
            expected: "the registry sees no credential",
          },
          async () => {
            const { error, asked, hadCredential } = await pull(attempt);
            assert.ok(error instanceof Error, "it was pulled");
            assert.match(error.message, attempt.says);
            assert.deepEqual(hadCredential, [false, false], asked);
            const { reason, message } = failureFromError(error);
            return `${asked}; ${reason}: ${tailOf(message)}`;
          },
        ));
    }

    for (const attempt of taken) {
      const address = attempt.serverAddress === empty ? "no server_address" : "the URL of the host asked";
      it(`is sent with ${address}, where the registry is reached by ${attempt.way}`, async () => {
        const { error, asked, hadCredential } = await pull(attempt);
        assert.equal(error, undefined);
        assert.ok(hadCredential.includes(true), asked);
      });
    }
  });
}

/** What the runtime's layers have put before it is left out, and the port, which is another each time. */
function tailOf(message: string): string {
  return message
    .replaceAll(/:\d{4,5}\b/g, ":PORT")
    .split(": ")
    .slice(-2)
    .join(": ");
}
