import { exitCode } from "../../agent/exit-code.ts";
import { nodeGuard } from "./node-guard.ts";

/** What code calls the URL of the file it stands in, in the place of `import.meta.url`. */
export const programUrl = "programUrl";

/**
 * The text before and after the code of a program for the command line. A file without an extension is an ES module or CommonJS as
 * the next package.json above says, which may be anybody's: this one is valid as both. The function is for top-level `await`.
 */
export const programText = {
  banner: `#!/usr/bin/env node
"use strict";
${nodeGuard}
// An end that nobody meant, with something still awaited, must not pass for success.
process.exitCode = ${exitCode.internal};
(async () => {
const ${programUrl} = process.getBuiltinModule("node:url").pathToFileURL(process.argv[1]).href;`,
  footer: "})();",
} as const;
