/** What the agent has written to a Node; null is nothing. */
export interface NodeMarksToWrite {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A Node of 20 kB, most of it the images that its kubelet names; a network plugin and the kubelet have written the rest. */
export function nodeObject(name: string, isReady: boolean, marks: NodeMarksToWrite): object {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { ...usualLabels(name), ...withoutNull(marks.labels) },
      annotations: { ...usualAnnotations, ...marks.annotations },
      managedFields,
    },
    status: { images, conditions: conditionsOf(isReady) },
  };
}

function withoutNull(labels: NodeMarksToWrite["labels"]): object {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== null));
}

function usualLabels(name: string): Readonly<Record<string, string>> {
  return {
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": name,
    "node.kubernetes.io/instance-type": "general-8",
    "topology.kubernetes.io/region": "north-1",
    "topology.kubernetes.io/zone": "north-1a",
  };
}

const usualAnnotations: Readonly<Record<string, string>> = {
  "node.alpha.kubernetes.io/ttl": "0",
  "volumes.kubernetes.io/controller-managed-attach-detach": "true",
  "network.example.com/addresses": JSON.stringify(
    Array.from({ length: 20 }, (_, index) => ({ interface: `eth${index}`, address: `10.0.${index}.1/24` })),
  ),
};

const images = Array.from({ length: 50 }, (_, index) => ({
  names: ["@sha256:", ":1.0.0-"].map(
    (mark) => `registry.example.com/some/team/image-${index}${mark}${"0123456789abcdef".repeat(6)}`,
  ),
  sizeBytes: 100_000_000 + index,
}));

// Each condition has its fields in the table of who manages what, as those of a real kubelet have.
const conditionTypes = ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"];

function conditionsOf(isReady: boolean): readonly object[] {
  return conditionTypes.map((type) => ({
    type,
    status: type === "Ready" && isReady ? "True" : "False",
    reason: `KubeletSays${type}`,
    message: `kubelet says so of ${type}`,
    lastHeartbeatTime: "2026-01-02T03:04:05Z",
    lastTransitionTime: "2026-01-02T03:04:05Z",
  }));
}

const managedFields = [
  {
    manager: "kubelet",
    operation: "Update",
    apiVersion: "v1",
    time: "2026-01-02T03:04:05Z",
    fieldsType: "FieldsV1",
    fieldsV1: {
      "f:metadata": {
        "f:annotations": fieldsOf(Object.keys(usualAnnotations)),
        "f:labels": fieldsOf(Object.keys(usualLabels(""))),
      },
    },
  },
  {
    manager: "kubelet",
    operation: "Update",
    apiVersion: "v1",
    time: "2026-01-02T03:04:05Z",
    fieldsType: "FieldsV1",
    fieldsV1: {
      "f:status": {
        "f:conditions": Object.fromEntries(
          conditionTypes.map((type) => [
            `k:{"type":"${type}"}`,
            fieldsOf(["lastHeartbeatTime", "lastTransitionTime", "message", "reason", "status"]),
          ]),
        ),
        "f:images": {},
      },
    },
    subresource: "status",
  },
];

function fieldsOf(names: readonly string[]): object {
  return Object.fromEntries(names.map((each) => [`f:${each}`, {}]));
}
