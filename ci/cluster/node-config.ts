import { join } from "node:path";
import { configText } from "./config-text.ts";
import type { RecordedNode } from "./node-record.ts";
import { pauseImage } from "./pause-image.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";
import { parseTaint } from "./taint.ts";
import { registryHostsFolder } from "./trust.ts";

/** The bridge of the node's pods, in the node's own network namespace. */
const podBridge = "cni0";

/** containerd's configuration file. */
export function containerdConfig(cluster: ClusterPlan, node: NodePlan): string {
  return `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
# It would make /opt/containerd on the host.
disabled_plugins = ["io.containerd.internal.v1.opt"]

[grpc]
  address = "/run/containerd/containerd.sock"

[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = "${registryHostsFolder(node)}"

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${pauseImage(cluster)}"

[plugins.'io.containerd.cri.v1.runtime']
  # Lowering oom_score_adj is not permitted everywhere, and then no container would start.
  restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["/usr/lib/cni"]
  conf_dir = "${join(node.dataDir, "net.d")}"
`;
}

/** kubelet's configuration file. */
export function kubeletConfig(cluster: ClusterPlan, node: RecordedNode): string {
  return configText({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      x509: { clientCAFile: join(cluster.pkiDir, "ca.crt") },
      webhook: { enabled: true },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${node.cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    resolvConf: join(node.dataDir, "resolv.conf"),
    clusterDNS: ["10.96.0.10"],
    clusterDomain: "cluster.local",
    ...diskThresholds(node),
    serializeImagePulls: false,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    nodeStatusUpdateFrequency: "5s",
    // Its default is a folder under /usr/libexec, which is the host's.
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    registerWithTaints: node.taints.map(parseTaint),
    ...node.kubelet,
  });
}

function diskThresholds(node: RecordedNode): object {
  // What is left out has kubelet's default. Its images' least age is 2 minutes, which no test can wait for.
  if (node.kubeletDefaultsForDisk) return { imageMinimumGCAge: "1s" };
  return {
    // Nodes share the host's disk and memory: a full one must not look like each node's own trouble too soon.
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
    // Never collects images by itself: tests say when an image goes.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
  };
}

/** kube-proxy's configuration file. */
export function kubeProxyConfig(node: NodePlan): string {
  return configText({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig: join(node.dataDir, "kube-proxy.kubeconfig") },
    hostnameOverride: node.name,
    mode: "iptables",
    detectLocalMode: "BridgeInterface",
    detectLocal: { bridgeInterface: podBridge },
    // These are settings of the whole machine, which are not a node's to change.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  });
}

/** The CNI configuration: a bridge for the node's pods, and no masquerading, since the host has a route to them. */
export function cniConfig(node: NodePlan): string {
  const bridge = {
    type: "bridge",
    bridge: podBridge,
    isGateway: true,
    ipMasq: false,
    hairpinMode: true,
    ipam: { type: "host-local", ranges: [[{ subnet: node.podNetwork }]], routes: [{ dst: "0.0.0.0/0" }] },
  };
  const portMap = { type: "portmap", capabilities: { portMappings: true } };
  return configText({ cniVersion: "1.0.0", name: "pods", plugins: [bridge, portMap] });
}
