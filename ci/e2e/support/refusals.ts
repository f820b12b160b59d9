/** Values that the agent must refuse, and the twin with one of them put right. */
export interface Refusal {
  readonly release: string;
  readonly because: string;
  readonly bad: object;
  readonly exitCode: number;
  /** What the termination message says, each piece. */
  readonly says: readonly string[];
  /** Undefined where another release or a story of its own puts it right. */
  readonly good: ((rightRevision: string) => object) | undefined;
  /** The twin's instance; the release's name by default. */
  readonly instance?: string;
}

/** No list of the stories has it. */
export const wrongRevision = "1-000000000000";
/** Whose label stands on the node before the releases come. */
export const former = "elsewhere/former";
const existingList = (key: string, revision: string) => ({
  images: null,
  existingList: { configMap: "lists", key, revision },
});
const socketAt = (criSocket: string) => ({ criSocket, extraArgs: ["--runtime-timeout=3s"] });
const notUsable = (path: string) =>
  `no container runtime that speaks CRI v1 could be used at ${path} within 3 s`;

/** Each on a release of its own, whose list is one image unless the values say otherwise. */
export const refusals: readonly Refusal[] = [
  {
    release: "bad-input-flag",
    because: "a flag that does not exist",
    bad: { extraArgs: ["--no-such-flag"] },
    exitCode: 2,
    says: ["no-such-flag", "`prefetcher prefetch --help` has the flags"],
    good: () => ({ extraArgs: ["--concurrency=2"] }),
  },
  {
    release: "bad-input-name",
    because: "an instance that cannot be a label's name",
    bad: { extraArgs: ["--instance=-bad_"] },
    exitCode: 2,
    says: ['the instance "-bad_" is no label name', "must begin and end with a letter or a digit"],
    good: () => ({ instanceName: "bad-input.Good_1" }),
    instance: "bad-input.Good_1",
  },
  {
    release: "bad-input-empty",
    because: "a list of comments only",
    bad: existingList("comments", wrongRevision),
    exitCode: 2,
    says: ["the list is empty, and an empty list proves nothing"],
    good: (rightRevision) => existingList("bad-input-empty", rightRevision),
  },
  {
    release: "bad-input-revision",
    because: "a list that has another revision",
    bad: existingList("bad-input-revision", wrongRevision),
    exitCode: 2,
    says: [`but --revision says ${wrongRevision}`, "Nothing was pulled and no label was changed"],
    good: (rightRevision) => existingList("bad-input-revision", rightRevision),
  },
  {
    release: "bad-input-missing",
    because: "a path where no socket lies",
    bad: socketAt("/run/containerd/missing.sock"),
    exitCode: 5,
    says: [
      notUsable("/run/containerd/missing.sock"),
      // containerd makes this folder so that it may be passed through but not listed (0711).
      "sockets in /run/containerd: /run/containerd/containerd.sock. Set criSocket (--cri-socket) to",
      "No label was changed",
    ],
    good: () => socketAt("/run/containerd/containerd.sock"),
  },
  {
    release: "bad-input-ttrpc",
    because: "a socket that speaks another protocol",
    bad: socketAt("/run/containerd/containerd.sock.ttrpc"),
    exitCode: 5,
    says: [notUsable("/run/containerd/containerd.sock.ttrpc"), "No label was changed"],
    good: undefined,
  },
  {
    release: "bad-input-silent",
    because: "a socket behind which nobody answers",
    bad: socketAt("/run/bad-input/silent.sock"),
    exitCode: 5,
    says: [
      notUsable("/run/bad-input/silent.sock"),
      "sockets in /run/bad-input: /run/bad-input/silent.sock.",
      "No label was changed",
    ],
    good: undefined,
  },
  {
    release: "bad-input-owner",
    because: "a label that belongs to another owner",
    bad: {},
    exitCode: 4,
    says: [`belongs to ${former}, and this is bad-input/bad-input-owner.`, `set takeOver=${former};`],
    good: () => ({ takeOver: former }),
  },
  {
    release: "bad-input-clean",
    because: "a label that belongs to another owner than takeOver says",
    bad: { takeOver: "elsewhere/another" },
    exitCode: 4,
    says: [`belongs to ${former}, and this is bad-input/bad-input-clean.`, `set takeOver=${former};`],
    good: undefined,
  },
];
