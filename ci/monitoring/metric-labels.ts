/** Instances whose names are awkward, and what kube-state-metrics calls their label of a node. The story `monitoring` asks a real one. */
export const metricLabels: Readonly<Record<string, string>> = {
  "my-images": "label_image_prefetcher_stackrox_io_my_images",
  "aBC_Shop.2026X-1": "label_image_prefetcher_stackrox_io_a_bc_shop_2026_x_1",
  UPPER: "label_image_prefetcher_stackrox_io_upper",
  camelCase: "label_image_prefetcher_stackrox_io_camel_case",
  "x.y-z_0": "label_image_prefetcher_stackrox_io_x_y_z_0",
  "a--b": "label_image_prefetcher_stackrox_io_a__b",
  "9lives": "label_image_prefetcher_stackrox_io_9lives",
};
