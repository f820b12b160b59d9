import { join } from "node:path";
import { ensureParts } from "../cluster/cluster.ts";
import type { ConfigVersion } from "./containerd-config.ts";
import { ensureDebianContainerd } from "./debian-containerd.ts";
import type { RuntimeName } from "./faults.ts";

/** A containerd to be started. */
export interface Runtime {
  readonly name: RuntimeName;
  /** The program's path. */
  readonly program: string;
  readonly configVersion: ConfigVersion;
}

/** The cluster's own containerd and Debian 12's. What is not in the cache is built or downloaded first. */
export const runtimes: readonly {
  readonly name: RuntimeName;
  readonly ensure: (log: (line: string) => void) => Promise<Runtime>;
}[] = [
  {
    name: "containerd 2.4",
    ensure: async (log) => {
      const [folder = ""] = await ensureParts(["containerd"], log);
      return { name: "containerd 2.4", program: join(folder, "containerd"), configVersion: 3 };
    },
  },
  {
    name: "containerd 1.6",
    ensure: async (log) => {
      const program = await ensureDebianContainerd(log);
      return { name: "containerd 1.6", program, configVersion: 2 };
    },
  },
];
