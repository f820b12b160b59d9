import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allDone } from "./all-done.ts";
import { type CommandRun, type RunEnd, startCommand } from "./command-run.ts";
import { statusRights } from "./fleet-account.ts";
import type { CallByHand } from "./kubectl-plugin.ts";
import { type NodeHistory, openNodeHistory } from "./node-history.ts";
import { openRegistryFront, type RegistryFront } from "./registry-front.ts";
import { openScene, type Scene } from "./scene.ts";
import { openSceneAccount } from "./scene-account.ts";

/** Nodes that a user looks at by `status`, with an account that has the rights for that and no others. */
export interface StatusScene extends AsyncDisposable {
  readonly scene: Scene;
  readonly history: NodeHistory;
  readonly front: RegistryFront;
  /** For files of the story's own. */
  readonly folder: string;
  readonly call: CallByHand;
  /** The kubeconfig of that account. */
  readonly kubeconfig: string;
  /** The reference of an image at the front. */
  imageOf(name: string): string;
  /** The repository of that image, as the front sees it. */
  repositoryOf(name: string): string;
  status(...flags: readonly string[]): Promise<RunEnd>;
  startStatus(...flags: readonly string[]): CommandRun;
}

/** Opens the scene `name` with so many nodes; `prepare` gets its folder, and says how the command is called. */
export async function openStatusScene(
  name: string,
  nodes: number,
  prepare: (folder: string) => CallByHand | Promise<CallByHand>,
): Promise<StatusScene> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const opened: AsyncDisposable[] = [{ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }];
  const dispose = () => allDone(opened.toReversed().map((each) => async () => each[Symbol.asyncDispose]()));
  try {
    const preparing = Promise.resolve(prepare(folder));
    // It is waited for below.
    preparing.catch(() => {});
    const scene = await openScene(name, nodes);
    opened.push(scene);
    const history = await openNodeHistory();
    opened.push({ [Symbol.asyncDispose]: async () => history[Symbol.dispose]() });
    const front = await openRegistryFront();
    opened.push(front);
    const account = await openSceneAccount(scene, `${name}-visitor`, statusRights, folder);
    opened.push(account);
    const call = await preparing;
    const startStatus = (...flags: readonly string[]) =>
      startCommand(call(account.kubeconfig, ["status", ...flags]));
    return {
      ...{ scene, history, front, folder, call, startStatus },
      kubeconfig: account.kubeconfig,
      imageOf: (image) => `${front.address}/${name}/${image}:1`,
      repositoryOf: (image) => `${name}/${image}`,
      status: (...flags) => startStatus(...flags).ended,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    // That something cannot be removed follows from the error that is to be seen.
    await dispose().catch(() => {});
    throw error;
  }
}
