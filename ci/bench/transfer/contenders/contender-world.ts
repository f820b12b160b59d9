import type { BenchLab } from "../lab-types.ts";

/** The part of the lab in which contenders work. */
export type ContenderWorld = Pick<BenchLab, "cluster" | "node" | "socketPath">;
