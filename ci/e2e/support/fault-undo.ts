/** A fault that is there until it is disposed of, which may be done by the story itself and again at its end. */
export function undoneBy(undo: () => Promise<void>): AsyncDisposable {
  let undone: Promise<void> | undefined;
  return {
    [Symbol.asyncDispose]: () => {
      undone ??= undo();
      return undone;
    },
  };
}
