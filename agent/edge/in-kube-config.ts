/** What `create` makes of the kubeconfig, or a sentence that says why it cannot be used. */
export function inKubeConfig<Api>(create: () => Api): Api | string {
  try {
    return create();
  } catch (error) {
    // The first line alone: a parser shows the lines around a fault below it, and this file holds credentials.
    const [why] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
    return `the kubeconfig cannot be used: ${why}`;
  }
}
