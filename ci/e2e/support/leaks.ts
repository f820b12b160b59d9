import { readdirSync, readFileSync } from "node:fs";
import { apiRequest } from "../../cluster/api-request.ts";
import { type KubernetesObject, type Scene, testCluster } from "./scene.ts";
import { type KnownSecret, placesWithSecrets } from "./secret-forms.ts";

/** A search for secrets in what a user can see of the scene's releases. From its opening on it looks at the agents' processes too. */
export interface LeakSearch extends Disposable {
  /**
   * The places where one of the secrets stands, in whatever form, by now. Throws where no process of the release's agent was
   * seen, since less would be searched than that says.
   */
  placesOf(release: string): Promise<readonly string[]>;
  /** Throws where there is such a place. The message names places only. */
  assertNone(release: string): Promise<void>;
  /** Looks at the processes of now, for those who know that one is there. */
  look(): void;
}

type NamedText = readonly [place: string, text: string];

// An agent that has nothing to wait for lives for half a second.
const lookEveryMs = 150;

/** Opens a search; before the releases are installed, so that it meets their processes. */
export function openLeakSearch(scene: Scene, secrets: readonly KnownSecret[]): LeakSearch {
  const processes = new Map<number, ProcessTexts>();
  const look = () => {
    for (const pid of pidsNow()) {
      if (processes.has(pid)) continue;
      const seen = processOf(pid, scene.name);
      if (seen !== undefined) processes.set(pid, seen);
    }
  };
  const timer = setInterval(look, lookEveryMs);
  const placesOf = async (release: string) => {
    look();
    const ofRelease = [...processes.values()].filter((seen) => seen.release === release);
    if (ofRelease.length === 0) throw new Error(`no process of ${release}'s agent was seen`);
    const texts = [...ofRelease.flatMap((seen) => seen.texts), ...(await textsOf(scene, release))];
    return placesWithSecrets(texts, secrets);
  };
  return {
    look,
    placesOf,
    assertNone: async (release) => {
      const places = await placesOf(release);
      if (places.length > 0) throw new Error(`a secret stands in ${places.join(", ")}`);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

interface ProcessTexts {
  readonly release: string;
  readonly texts: readonly NamedText[];
}

const pidsNow = () =>
  readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);

/** What `/proc` tells of an agent of the namespace; undefined for any other process. */
function processOf(pid: number, namespace: string): ProcessTexts | undefined {
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", "\n");
  try {
    const cmdline = read("cmdline");
    const [, release] = new RegExp(`^--owner=${namespace}/(.+)$`, "m").exec(cmdline) ?? [];
    if (release === undefined) return undefined;
    return {
      release,
      texts: [
        ["the process's arguments", cmdline],
        ["the process's environment", read("environ")],
      ],
    };
  } catch {
    // It ended between the listing and the reading.
    return undefined;
  }
}

/** Everything that the API server, the kubelet and helm show of the release, and its nodes. */
async function textsOf(scene: Scene, release: string): Promise<readonly NamedText[]> {
  const ofRelease = `?labelSelector=${encodeURIComponent(`app.kubernetes.io/instance=${release}`)}`;
  const core = `/api/v1/namespaces/${scene.name}`;
  const apps = `/apis/apps/v1/namespaces/${scene.name}`;
  const nodes = await Promise.all(scene.nodes().map((node) => objectOf(`/api/v1/nodes/${node}`)));
  const pods = (await objectOf(`${core}/pods${ofRelease}`)) as { items: readonly KubernetesObject[] };
  const helm = await scene.helm("get", "all", release);
  return [
    ["a Node", JSON.stringify(nodes)],
    ["a pod, its termination message included", JSON.stringify(pods)],
    ["an event", JSON.stringify(await objectOf(`${core}/events`))],
    ["a DaemonSet", JSON.stringify(await objectOf(`${apps}/daemonsets${ofRelease}`))],
    ["a ControllerRevision", JSON.stringify(await objectOf(`${apps}/controllerrevisions${ofRelease}`))],
    ["helm get all", helm.stdout],
    ...(await Promise.all(pods.items.flatMap((pod) => logsOf(`${core}/pods`, pod)))).flat(),
  ];
}

/** The logs of the pod's containers, of those that ended and run again too. */
function logsOf(
  pods: string,
  { metadata, status }: KubernetesObject,
): readonly Promise<readonly NamedText[]>[] {
  const containers: readonly { name: string; restartCount: number }[] = [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
  ];
  return containers.flatMap(({ name, restartCount }) =>
    [false, ...(restartCount > 0 ? [true] : [])].map(async (previous) => {
      const path = `${pods}/${metadata.name}/log?container=${name}&previous=${previous}`;
      const { body } = await apiRequest(testCluster(), "GET", path);
      return [["a log", typeof body === "string" ? body : JSON.stringify(body)]] as const;
    }),
  );
}

async function objectOf(path: string): Promise<unknown> {
  const { status, body } = await apiRequest(testCluster(), "GET", path);
  if (status !== 200) throw new Error(`the API server answers ${status} for ${path}`);
  return body;
}
