/** A file of a tar archive. */
export interface TarFile {
  /** From the archive's root on, without a slash at either end. */
  readonly path: string;
  readonly bytes: Buffer;
}

const blockBytes = 512;

/** The regular files of `tar`, in its order. Of the formats' extensions it knows none; throws for an entry that is neither file nor folder. */
export function readTar(tar: Buffer): readonly TarFile[] {
  const files: TarFile[] = [];
  let start = 0;
  while (start + blockBytes <= tar.length && tar[start] !== 0) {
    const text = (from: number, length: number) =>
      tar.toString("utf8", start + from, start + from + length).replace(/\0.*$/s, "");
    const path = [text(345, 155), text(0, 100)].filter((part) => part !== "").join("/");
    const size = Number.parseInt(text(124, 12), 8);
    const kind = text(156, 1) || "0";
    if (kind === "0") {
      const bytes = tar.subarray(start + blockBytes, start + blockBytes + size);
      files.push({ path: path.replace(/^\.?\//, ""), bytes });
    } else if (kind !== "5") {
      throw new Error(`${path} is an entry of the kind ${kind}, and layers have files and folders only`);
    }
    start += blockBytes * (1 + Math.ceil(size / blockBytes));
  }
  return files;
}
