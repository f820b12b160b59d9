/** What a puller pulls, and where. */
export interface PullerPlan {
  readonly node: string;
  readonly images: readonly string[];
  /** The image of the container that stays. */
  readonly pause: string;
}

/** The DaemonSet's name. */
export const pullerName = "bench-puller";

const label = { key: "bench", value: "puller" } as const;

/** Selects the puller's pods. */
export const pullerSelector = `${label.key}=${label.value}`;

/** A DaemonSet whose pod runs each image's own program in an init container, one after the other, and then only stays. */
export function pullerDaemonSet({ node, images, pause }: PullerPlan): object {
  const labels = { [label.key]: label.value };
  const imagePullPolicy = "IfNotPresent";
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: pullerName },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { "kubernetes.io/hostname": node },
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
          initContainers: images.map((image, index) => ({
            name: `image-${index + 1}`,
            image,
            imagePullPolicy,
          })),
          containers: [{ name: "pause", image: pause, imagePullPolicy }],
        },
      },
    },
  };
}
