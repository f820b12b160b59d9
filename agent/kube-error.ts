/** The API server's no, or that it could not be asked; the message names the verb and the resource. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  /** The HTTP code; undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
