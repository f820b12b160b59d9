// Keeps the peak of memory near that of a short list however long the list is, at the price of processor time, of which an
// agent that waits for registries has plenty. main.ts imports it before all else: what V8 has grown by then it keeps.
import { setFlagsFromString } from "node:v8";

const flags = [
  // A finished gRPC call looks alive to collections of the young space, since Node.js holds its HTTP/2 stream by a weak
  // reference. So a larger young space saves no work, and the old one has to be collected before it has grown much.
  "--semi-space-growth-factor=1",
  "--heap-growing-percent=15",
  // The compilers touch 30 MiB of their own to make code faster that runs for a few seconds in all.
  "--no-opt",
  "--no-maglev",
  "--no-sparkplug",
];

for (const flag of flags) setFlagsFromString(flag);
