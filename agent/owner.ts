/** A Helm release, as an owner names it. */
export interface Release {
  readonly namespace: string;
  readonly release: string;
}

const owner = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\/[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/**
 * Whether the text is `<namespace>/<release>` with names that a path and a label selector can have. Annotations are whoever's who may
 * patch Nodes, and what they name is asked for, and printed.
 */
export function isOwner(text: string): boolean {
  return owner.test(text);
}

/** The two parts of an owner. */
export function releaseOf(owner: string): Release {
  const [namespace = "", release = ""] = owner.split("/");
  return { namespace, release };
}
