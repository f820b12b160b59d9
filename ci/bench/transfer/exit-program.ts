/** The architecture of this machine as images name it. */
export const machineArchitecture: "amd64" | "arm64" = process.arch === "arm64" ? "arm64" : "amd64";

// exit(0) by Linux' own call, since there is no library: number 60, and on arm64 93.
const instructions = {
  // xor edi, edi; mov eax, 60; syscall
  amd64: [0x31, 0xff, 0xb8, 0x3c, 0x00, 0x00, 0x00, 0x0f, 0x05],
  // mov x0, #0; mov x8, #93; svc #0
  arm64: [0x00, 0x00, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4],
} as const;
const machineNumber = { amd64: 62, arm64: 183 } as const;
const headerBytes = 64;
const segmentBytes = 56;
const loadAddress = 0x400000n;

/** A static Linux program that ends at once with exit code 0. */
export function exitProgram(architecture: "amd64" | "arm64"): Buffer {
  const code = Buffer.from(instructions[architecture]);
  const start = headerBytes + segmentBytes;
  const program = Buffer.alloc(start + code.length);
  // ELF of 64 bits, little-endian, version 1.
  program.write("\x7fELF\x02\x01\x01", "latin1");
  program.writeUInt16LE(2, 16);
  program.writeUInt16LE(machineNumber[architecture], 18);
  program.writeUInt32LE(1, 20);
  program.writeBigUInt64LE(loadAddress + BigInt(start), 24);
  program.writeBigUInt64LE(BigInt(headerBytes), 32);
  program.writeUInt16LE(headerBytes, 52);
  program.writeUInt16LE(segmentBytes, 54);
  program.writeUInt16LE(1, 56);
  writeSegment(program.subarray(headerBytes), program.length);
  code.copy(program, start);
  return program;
}

/** The whole file is one segment that is read and executed. */
function writeSegment(segment: Buffer, bytes: number): void {
  segment.writeUInt32LE(1, 0);
  segment.writeUInt32LE(5, 4);
  segment.writeBigUInt64LE(loadAddress, 16);
  segment.writeBigUInt64LE(loadAddress, 24);
  segment.writeBigUInt64LE(BigInt(bytes), 32);
  segment.writeBigUInt64LE(BigInt(bytes), 40);
  segment.writeBigUInt64LE(0x10000n, 48);
}
