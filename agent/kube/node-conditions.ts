/** As much of a Node's status as its conditions are. */
export interface NodeConditions {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/** Whether the Node reports the condition; one that it does not know, or says nothing of, it does not report. */
export function hasCondition(status: NodeConditions | undefined, wanted: string): boolean {
  return status?.conditions?.some(({ type, status }) => type === wanted && status === "True") ?? false;
}
