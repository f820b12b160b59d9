import { exitCode } from "../../agent/exit-code.ts";

/** The oldest Node.js that all bundled packages allow; undici, which client-node sends its requests with, asks for the most. */
export const leastNode = "22.19";

const [leastMajor, leastMinor] = leastNode.split(".");

/**
 * JavaScript that ends the process with one sentence where its Node.js is older than `leastNode`. Written so that a Node.js of ten
 * years ago can read it.
 */
export const nodeGuard = `(function () {
  var has = process.versions.node.split(".").map(Number);
  if (has[0] > ${leastMajor} || (has[0] === ${leastMajor} && has[1] >= ${leastMinor})) return;
  console.error("error: kubectl-prefetcher needs Node.js ${leastNode} or newer, and " + process.execPath + " is " + has.join("."));
  process.exit(${exitCode.usage});
})();`;
