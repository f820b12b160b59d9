// `npm run check`: all that takes no cluster and no root, in about a minute. `npm run format` mends what can be mended.
import { runBiome } from "../biome.ts";
import { isGreen, totalsLine } from "../test-runner.ts";
import { check } from "./check.ts";

if (process.argv[2] === "--fix") {
  await runBiome("check", "--write").catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
} else {
  const totals = await check();
  process.stdout.write(`\n${totalsLine(totals)}\n`);
  process.exitCode = isGreen(totals) ? 0 : 1;
}
