import { cut } from "../cut.ts";
import { redact } from "../redact.ts";
import type { AgentEnd } from "./fleet-api.ts";

// The agent's sentence about a runtime that it cannot use is about this long.
const longestReason = 400;

// Beyond it a fleet whose agents all end would bring a line for each end, and hardly two nodes would be alike.
const mostCounted = 10;

/** That the agent has ended, and with what. It is the same while the agent waits for its next start and when it runs again. */
export function agentEndText({ exitCode, times, why }: AgentEnd): string {
  const often = times < mostCounted ? `${times} times` : `${mostCounted} times or more`;
  const ended = times > 1 ? `ended ${often}, last with ${exitCode}` : `ended with ${exitCode}`;
  return why === "" ? ended : `${ended}: ${cut(redact(why), longestReason)}`;
}

/**
 * Whether that end says how the node stands: it does while the agent is away, and until one that is back has written something of the list
 * (`hasRecord`). Afterwards only where it was not the only one: what an agent survives once is over.
 */
export function isStanding({ isBack, times }: AgentEnd, hasRecord: boolean): boolean {
  return !isBack || !hasRecord || times > 1;
}
