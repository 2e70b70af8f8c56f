import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { MachineCall } from '../ingest/machine-call';
import { errorCode } from '../lib/error-code';
import { Problem } from '../lib/problem';

const unzip = promisify(gunzip);

/** Body as sent (for signatures) and unpacked, each within `maxBytes`. @throws Problem 400, 408, 413, 415 */
export async function readCall(
  request: IncomingMessage,
  { maxBytes, withinMs }: { maxBytes: number; withinMs: number },
): Promise<MachineCall> {
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
  const rawBody = await readBody(request, maxBytes, withinMs);
  if (encoding === 'identity') return { headers, rawBody, body: rawBody };
  try {
    return { headers, rawBody, body: await unzip(rawBody, { maxOutputLength: maxBytes }) };
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new Problem(400, 'Malformed gzip', 'The body cannot be unpacked.');
  }
}

/** By hand: leaving a `for await` would end the connection, and with it the answer that says why. */
function readBody(request: IncomingMessage, maxBytes: number, withinMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(
      () => fail(new Problem(408, 'The body did not come', `It has to come within ${withinMs / 1_000} s.`)),
      withinMs,
    );
    const cut = () => fail(new Problem(400, 'The body did not come', 'The connection was cut.'));
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
