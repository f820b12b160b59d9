// `npm run check`: all that takes no cluster and no root, in about a minute. `npm run format` mends what can be mended.
import { parseArgs } from "node:util";
import { runBiome } from "../biome.ts";
import { interruption } from "../interruption.ts";
import { runMain } from "../run-main.ts";
import { isGreen, totalsLine } from "../test-runner.ts";
import { check } from "./check.ts";

await runMain(async () => {
  const { values } = parseArgs({ options: { fix: { type: "boolean" } }, allowPositionals: false });
  if (values.fix === true) return runBiome("check", "--write");
  const totals = await check(interruption());
  process.stdout.write(`\n${totalsLine(totals)}\n`);
  process.exitCode = isGreen(totals) ? 0 : 1;
});
