/** The registries of the chart's default image names and of its example values, which on a node are the cluster's own. */
export const mirroredRegistries = [
  "ghcr.io",
  "registry.k8s.io",
  "docker.io",
  "registry.example.com",
] as const;
