import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const GZIP = Buffer.from([0x1f, 0x8b]);

/** The bytes of a stream; those of a gzip file, as logs are rotated into, unpacked on the way. */
export function unpacked(input: Readable): Readable {
  return Readable.from(chunksOf(input), { objectMode: false });
}

async function* chunksOf(input: Readable): AsyncGenerator<Buffer | string> {
  const chunks: AsyncIterator<Buffer | string> = input[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const all = from(first.value, chunks);
  if (!Buffer.isBuffer(first.value) || !first.value.subarray(0, GZIP.length).equals(GZIP)) {
    yield* all;
    return;
  }
  // What breaks is thrown where the unpacked bytes are read.
  yield* pipeline(all, createGunzip(), () => undefined);
}

async function* from(first: Buffer | string, rest: AsyncIterator<Buffer | string>): AsyncGenerator<Buffer | string> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}
