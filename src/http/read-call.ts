import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import type { MachineCall, StreamedCall } from '../ingest/machine-call';
import { errorCode } from '../lib/error-code';
import { Problem } from '../lib/problem';

const unzip = promisify(gunzip);

interface Limits {
  maxBytes: number;
  withinMs: number;
}

/** @throws Problem 413, 415 */
function openingOf(request: IncomingMessage, maxBytes: number) {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const encoding = headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Problem(415, 'Unknown encoding', 'Send the body plain or with Content-Encoding: gzip.', {
      headers: { 'accept-encoding': 'gzip' },
    });
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return { headers, encoding };
}

/** Body as sent (for signatures) and unpacked, each within `maxBytes`. @throws Problem 400, 408, 413, 415 */
export async function readCall(request: IncomingMessage, { maxBytes, withinMs }: Limits): Promise<MachineCall> {
  const { headers, encoding } = openingOf(request, maxBytes);
  const rawBody = await readBody(request, maxBytes, withinMs);
  if (encoding === 'identity') return { headers, rawBody, body: rawBody };
  try {
    return { headers, rawBody, body: await unzip(rawBody, { maxOutputLength: maxBytes }) };
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw malformedGzip();
  }
}

/** The same for a body that is never held as a whole. @throws Problem 413, 415 */
export function openCall(request: IncomingMessage, limits: Limits): StreamedCall {
  const { headers, encoding } = openingOf(request, limits.maxBytes);
  const query = new URLSearchParams((request.url ?? '').split('?', 2)[1]);
  return {
    headers,
    query,
    read(onRaw) {
      const raw = chunksOf(request, limits, onRaw);
      return encoding === 'gzip' ? unpacked(raw, limits.maxBytes) : raw;
    },
  };
}

async function* chunksOf(
  request: IncomingMessage,
  { maxBytes, withinMs }: Limits,
  onRaw: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const lateness = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(withinMs)), withinMs);
  });
  lateness.catch(() => undefined);
  // Left open, so that the answer that says why can still be written.
  const chunks = request.iterator({ destroyOnReturn: false });
  let bytes = 0;
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), lateness]);
      if (next.done) return;
      bytes += next.value.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      onRaw(next.value);
      yield next.value;
    }
  } catch (error) {
    throw error instanceof Problem ? error : cutShort();
  } finally {
    clearTimeout(timer);
    request.pause();
  }
}

async function* unpacked(raw: AsyncGenerator<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  const unzip = createGunzip();
  let fault: unknown;
  const feed = async () => {
    for await (const chunk of raw) if (!unzip.write(chunk)) await once(unzip, 'drain');
    unzip.end();
  };
  feed().catch((error) => {
    fault = error;
    unzip.destroy();
  });
  let bytes = 0;
  try {
    for await (const chunk of unzip) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    if (fault instanceof Problem) throw fault;
    throw error instanceof Problem ? error : malformedGzip();
  } finally {
    unzip.destroy();
  }
}

/** By hand: leaving a `for await` would end the connection, and with it the answer that says why. */
function readBody(request: IncomingMessage, maxBytes: number, withinMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => fail(late(withinMs)), withinMs);
    const cut = () => fail(cutShort());
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) fail(tooLarge(maxBytes));
      else chunks.push(chunk);
    };
    const end = () => {
      leave();
      resolve(Buffer.concat(chunks));
    };
    function fail(problem: Problem): void {
      leave();
      request.pause();
      reject(problem);
    }
    function leave(): void {
      clearTimeout(timer);
      request.off('data', take).off('end', end).off('close', cut);
    }
    request.on('data', take).on('end', end).on('close', cut).on('error', cut);
  });
}

function tooLarge(maxBytes: number): Problem {
  return new Problem(413, 'Too large', `At most ${maxBytes} bytes a call.`);
}

const malformedGzip = () => new Problem(400, 'Malformed gzip', 'The body cannot be unpacked.');
const cutShort = () => new Problem(400, 'The body did not come', 'The connection was cut.');
const late = (withinMs: number) =>
  new Problem(408, 'The body did not come', `It has to come within ${withinMs / 1_000} s.`);
