/** The largest slot: each takes the /16 network 10.(100 + slot).0.0. */
export const maxSlot = 90;
/** The largest node number: each takes one /24 of the cluster's network for its pods. */
export const maxNodeNumber = 240;

/** Every address and interface name of one cluster. Two clusters share none of them. */
export interface ClusterAddresses {
  /** The network of the cluster's nodes and pods. */
  readonly network: string;
  readonly bridge: string;
  /** The host's address on the bridge, which nodes, pods and the shell can reach. */
  readonly gateway: string;
  /** A loopback address for what only the control plane itself may reach. */
  readonly loopback: string;
  readonly apiServer: string;
  /** host:port of the registry. */
  readonly registry: string;
}

/** Every address and interface name of one node. */
export interface NodeAddresses {
  readonly address: string;
  readonly podNetwork: string;
  /** The host's end of the node's network cable: where `tc` shapes the node's downloads. */
  readonly vethName: string;
}

/** The addresses of the cluster in `slot`, from 1 to maxSlot. Ports need no slot, since addresses differ. */
export function clusterAddresses(slot: number): ClusterAddresses {
  const gateway = `10.${100 + slot}.0.1`;
  return {
    network: `10.${100 + slot}.0.0/16`,
    bridge: `prefetch${slot}`,
    gateway,
    loopback: `127.0.${slot}.1`,
    apiServer: `https://${gateway}:6443`,
    registry: `${gateway}:5000`,
  };
}

/** The addresses of the cluster's node with this number, from 1 to maxNodeNumber. */
export function nodeAddresses(slot: number, number: number): NodeAddresses {
  return {
    address: `10.${100 + slot}.0.${10 + number}`,
    podNetwork: `10.${100 + slot}.${number}.0/24`,
    // At most 15 characters: the kernel takes no longer interface names.
    vethName: `prefetch${slot}n${number}`,
  };
}

/** Whether an address or route of the host (such as `10.101.0.0/16`) lies within the slot's network. */
export function touchesSlot(slot: number, hostAddress: string): boolean {
  return hostAddress.startsWith(`10.${100 + slot}.`);
}
