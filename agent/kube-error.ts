/** What most likely stays in the way: the kubeconfig's login, or its server's name or certificate. */
export type Lasting = "login" | "server";

/** The API server's no, or that it could not be asked; the message names the verb and the resource. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  /** The HTTP code; undefined where there was no answer. */
  readonly status: number | undefined;
  /** How long the API server asks to be left alone; undefined where it does not say so. */
  readonly retryAfterMs: number | undefined;
  /** Why asking again would hardly help; undefined where it may. */
  readonly lasting: Lasting | undefined;

  constructor(message: string, status: number | undefined, options: KubeErrorOptions = {}) {
    super(message, options);
    this.status = status;
    this.retryAfterMs = options.retryAfterMs;
    this.lasting = options.lasting;
  }
}

export interface KubeErrorOptions extends ErrorOptions {
  readonly retryAfterMs?: number | undefined;
  readonly lasting?: Lasting | undefined;
}
