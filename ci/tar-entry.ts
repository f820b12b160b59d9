/** What a ustar archive has before a file's bytes: 512 bytes. The file belongs to root and was last changed at the epoch. */
export function tarHeader(name: string, bytes: number, mode = 0o644): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  header.write(name, 0);
  header.write(`${octal(mode, 8)}${octal(0, 8)}${octal(0, 8)}`, 100);
  header.write(`${octal(bytes, 12)}${octal(0, 12)}`, 124);
  // The checksum counts its own field as blanks.
  header.write(`${" ".repeat(8)}0`, 148);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** What it has after them, so that the next header begins at a whole block. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((512 - (bytes % 512)) % 512);
}

/** What it ends with. */
export const tarEnd: Buffer = Buffer.alloc(1024);
