/** That a stream is not what it is to be; the message is the rest of a sentence about the stream. */
export class GarbledStream extends Error {
  override readonly name = "GarbledStream";
}

const newline = 0x0a;

/**
 * The objects of a stream of JSON lines, however it is cut into chunks. Throws a GarbledStream for a line that is no object, one of more than
 * `maxLineBytes`, and an end within a line.
 */
export async function* objectsIn(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncIterable<object> {
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    // A newline's byte is in no other character of UTF-8, so that lines are cut out before they are decoded.
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = Buffer.concat([...begun, chunk.subarray(start, end)]);
      [begun, begunBytes, start] = [[], 0, end + 1];
      checkLength(line.length, maxLineBytes);
      yield objectFrom(line);
    }
    const rest = chunk.subarray(start);
    if (rest.length > 0) begun.push(rest);
    begunBytes += rest.length;
    checkLength(begunBytes, maxLineBytes);
  }
  if (begunBytes > 0) throw new GarbledStream("ended within a line");
}

function checkLength(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) throw new GarbledStream(`has a line of more than ${maxBytes / 1024 / 1024} MiB`);
}

function objectFrom(line: Uint8Array): object {
  const value = jsonFrom(line);
  if (typeof value === "object" && value !== null) return value;
  throw new GarbledStream("has a line that is no object");
}

function jsonFrom(line: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
  } catch (error) {
    throw new GarbledStream("has a line that is no JSON", { cause: error });
  }
}
