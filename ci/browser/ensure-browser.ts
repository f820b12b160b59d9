import { join } from "node:path";
import { withFileLock } from "../cluster/file-lock.ts";
import { cacheFolder } from "../cluster/install/cache-folder.ts";
import { installPrograms, missingPrograms, programsToBrowse } from "../cluster/install/host-programs.ts";
import { lacksToInstall, MissingRequirements } from "../cluster/install/requirements.ts";

/** Where Debian's Chromium is. */
export const browserPath = "/usr/bin/chromium";

/**
 * Sees to it that Chromium and the fonts are there, which are a download of about 110 MB where they are not. Throws MissingRequirements where they
 * cannot be installed here.
 */
export async function ensureBrowser(log: (line: string) => void): Promise<void> {
  const lacks = lacksToInstall(missingPrograms(programsToBrowse));
  if (lacks.length > 0) throw new MissingRequirements(lacks);
  if (missingPrograms(programsToBrowse).length === 0) return;
  // Of two test files that find nothing, one installs, and the other finds it done.
  await withFileLock(
    join(cacheFolder(), "browser.lock"),
    async () => {
      const missing = missingPrograms(programsToBrowse);
      if (missing.length > 0) await installPrograms(missing, log);
    },
    log,
  );
}
