import { runCommand } from "../../run-command.ts";
import type { PodOnNode } from "./pod-on-node.ts";
import { testCluster } from "./scene.ts";

/** Kills the process that holds the pod's namespaces, as the kernel would when memory is out. */
export async function killSandbox(node: string, pod: PodOnNode): Promise<void> {
  const cluster = testCluster();
  const socket = cluster.nodes.find(({ name }) => name === node)?.containerdSocket ?? "";
  const ctr = async (...args: readonly string[]) => {
    const env = { ...process.env, ...cluster.environment };
    return (await runCommand("ctr", ["--address", socket, "--namespace", "k8s.io", ...args], { env })).stdout;
  };
  const filter = `labels."io.kubernetes.pod.uid"==${pod.uid},labels."io.cri-containerd.kind"==sandbox`;
  const sandboxes = (await ctr("containers", "ls", "--quiet", filter)).split("\n");
  // One that was killed before stays for a while, as a container without a running process.
  const tasks = (await ctr("tasks", "ls")).split("\n").map((line) => line.split(/\s+/));
  const running = tasks.flatMap(([id = "", , state]) =>
    state === "RUNNING" && sandboxes.includes(id) ? [id] : [],
  );
  const [sandbox, ...others] = running;
  if (sandbox === undefined || others.length > 0)
    throw new Error(`${pod.name} has ${running.length} running sandboxes on ${node}`);
  await ctr("tasks", "kill", "--signal", "SIGKILL", sandbox);
}
