import type { NodeFindings } from "../findings.ts";

/** The findings of a node on which all is well, but for what is given. */
export function nodeFindings(found: Partial<NodeFindings> = {}): NodeFindings {
  return {
    v: 1,
    agent: "1.2.3",
    node: "node-1",
    instance: "my-images",
    owner: "default/my-images",
    platform: "linux/amd64",
    runtime: {
      socket: "/run/containerd/containerd.sock",
      version: { name: "containerd", version: "v2.4.2", apiVersion: "v1" },
      sockets: ["/run/containerd/containerd.sock"],
    },
    list: { entries: 1, pullPolicy: "IfNotPresent", revision: "1-0123456789ab" },
    images: [
      {
        image: "registry.example.com/team/app:1",
        isRequired: true,
        state: "present",
        imageId: "sha256:0123456789abcdef0123456789abcdef",
        credentials: ["registry.example.com/team of pull secret team-a"],
      },
    ],
    credentialProblems: [],
    disk: {
      freeBytes: 50 * 2 ** 30,
      totalBytes: 100 * 2 ** 30,
      minFreePercent: 20,
      isUnderDiskPressure: false,
    },
    label: {
      key: "image-prefetcher.stackrox.io/my-images",
      value: "succeeded",
      owner: "default/my-images",
      revision: "1-0123456789ab",
      finishedAt: "2026-11-01T00:00:00.000Z",
      isWritable: true,
    },
    ...found,
  };
}
