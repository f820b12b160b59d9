import { fileURLToPath } from "node:url";

/** One Go module under ci/cluster/parts and what is built from it. */
export interface Part {
  readonly name: string;
  /** The folder of its module, where it is not the part's name. */
  readonly source?: string;
  /** Go packages, each of which becomes one binary. */
  readonly packages: readonly string[];
  readonly flags: readonly string[];
  /** Whether gcc is needed. Off where nothing asks for it, so that the chart's tools build without a compiler. */
  readonly cgo: boolean;
  /** What a binary is called in the end, where its package's name would be another tool's. */
  readonly renames?: Readonly<Record<string, string>>;
  /** Further names for a binary, as symbolic links. */
  readonly links?: Readonly<Record<string, string>>;
  /** What a build with empty Go caches took on 2 cores, in minutes; for the message that one waits for. */
  readonly coldMinutes: number;
  /** What modules and build cache take on disk, in gigabytes; measured and rounded up. */
  readonly coldGigabytes: number;
}

export type PartName =
  | "kubernetes"
  | "containerd"
  | "runc"
  | "registry"
  | "helm"
  | "chart-tools"
  | "static-provider"
  | "dynamic-provider"
  | "kubelet-keyring"
  | "kube-state-metrics";

const strip = "-s -w";

const helm3Variables = [
  "helm.sh/helm/v3/internal/version.version=v3.21.3",
  ...["pkg/chartutil", "pkg/lint/rules"].flatMap((folder) => [
    `helm.sh/helm/v3/${folder}.k8sVersionMajor=1`,
    `helm.sh/helm/v3/${folder}.k8sVersionMinor=36`,
  ]),
];

const parts: readonly Part[] = [
  {
    name: "kubernetes",
    packages: [".", "k8s.io/kubernetes/cmd/kubectl"],
    flags: ["-ldflags", `${strip} -X k8s.io/component-base/version.gitVersion=v1.36.3`],
    cgo: true,
    links: Object.fromEntries(
      ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet"].map(
        (component) => [component, "kubernetes"],
      ),
    ),
    coldMinutes: 11,
    coldGigabytes: 6,
  },
  {
    name: "containerd",
    packages: ["containerd", "containerd-shim-runc-v2", "ctr"].map(
      (command) => `github.com/containerd/containerd/v2/cmd/${command}`,
    ),
    flags: ["-ldflags", strip, "-tags", "no_btrfs no_zfs no_devmapper"],
    cgo: true,
    coldMinutes: 3,
    coldGigabytes: 2,
  },
  {
    name: "runc",
    packages: ["github.com/opencontainers/runc"],
    flags: ["-ldflags", strip, "-tags", "seccomp"],
    cgo: true,
    coldMinutes: 1,
    coldGigabytes: 0.5,
  },
  {
    name: "registry",
    packages: ["github.com/distribution/distribution/v3/cmd/registry"],
    flags: ["-ldflags", strip],
    cgo: false,
    coldMinutes: 2,
    coldGigabytes: 1.5,
  },
  {
    name: "helm",
    packages: ["helm.sh/helm/v4/cmd/helm"],
    flags: ["-ldflags", strip],
    cgo: false,
    coldMinutes: 3,
    coldGigabytes: 1.5,
  },
  // What the chart is checked with. Helm 3 says by itself that it is v3.21 and renders for Kubernetes 1.20; as in its releases,
  // flags tell it the rest: its version, and the Kubernetes of its k8s.io/client-go.
  {
    name: "chart-tools",
    packages: [
      "github.com/helm-unittest/helm-unittest/cmd/helm-unittest",
      "github.com/norwoodj/helm-docs/cmd/helm-docs",
      "github.com/yannh/kubeconform/cmd/kubeconform",
      "helm.sh/helm/v3/cmd/helm",
    ],
    flags: ["-ldflags", [strip, ...helm3Variables.map((variable) => `-X ${variable}`)].join(" ")],
    cgo: false,
    renames: { helm: "helm3" },
    coldMinutes: 3,
    coldGigabytes: 1.5,
  },
  // The stories' credential provider twice: without the C library, and linked to it.
  ...(["static-provider", "dynamic-provider"] as const).map((name) => ({
    name,
    source: "credential-provider",
    packages: ["."],
    flags: ["-ldflags", strip],
    cgo: name === "dynamic-provider",
    coldMinutes: 1,
    coldGigabytes: 0.5,
  })),
  // The kubelet's matching of credentials alone, of the same modules as the part kubernetes.
  {
    name: "kubelet-keyring",
    packages: ["."],
    flags: ["-ldflags", strip],
    cgo: false,
    coldMinutes: 1,
    coldGigabytes: 1,
  },
  {
    name: "kube-state-metrics",
    packages: ["k8s.io/kube-state-metrics/v2"],
    flags: ["-ldflags", strip],
    cgo: false,
    coldMinutes: 4,
    coldGigabytes: 1.5,
  },
];

/** The part of that name. */
export function partNamed(name: PartName): Part {
  const part = parts.find((candidate) => candidate.name === name);
  if (part === undefined) throw new Error(`no part is called ${name}`);
  return part;
}

/** The folder of the part's Go module. */
export function sourceFolderOf(part: Part): string {
  return fileURLToPath(new URL(`../parts/${part.source ?? part.name}/`, import.meta.url));
}
