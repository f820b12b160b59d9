import { mkdir, rm } from "node:fs/promises";
import { root } from "../root.ts";
import { type CommandError, runCommand } from "../run-command.ts";

/**
 * Writes the files of `commit`, as the history of the git repository at `repository` has them, into the folder `target`,
 * which it makes. A clone whose history does not reach so far fetches that commit from where it came from; where it cannot, it throws a
 * sentence that says what to do.
 */
export async function extractSources(commit: string, target: string, repository = root): Promise<void> {
  // Whoever made the clone, as another user on a CI machine may have: it is the one that this code is from.
  const trust = ["-c", `safe.directory=${repository}`];
  const git = (...args: readonly string[]) => runCommand("git", [...trust, ...args], { cwd: repository });
  await git("cat-file", "-e", `${commit}^{commit}`).catch(async (missing: CommandError) => {
    // Whatever else is wrong, such as that there is no git, is told as it is.
    if (missing.exitCode === undefined) throw missing;
    await git("fetch", "--quiet", "--depth=1", "origin", commit).catch((cause: CommandError) => {
      throw new Error(
        `${repository} has no commit ${commit}, which is an older release of this project: ` +
          "fetch the whole history with `git fetch --unshallow`, or clone without `--depth`",
        { cause },
      );
    });
  });
  await mkdir(target, { recursive: true });
  const archive = `${target}.tar`;
  try {
    await git("archive", "--format=tar", `--output=${archive}`, commit);
    await runCommand("tar", ["-xf", archive, "-C", target]);
  } finally {
    await rm(archive, { force: true });
  }
}
