import type { Diagnosis } from '../domain/diagnosis';

const withinMs = 30_000;

/** What tells two causes apart; none where the log shows no cause. */
export const causeShown = ({ confidence, fingerprint }: Diagnosis): string | undefined =>
  confidence > 0 ? fingerprint : undefined;

/** A log as far as it comes within 30 s: a diagnosis of what was read by then is better than none. */
export async function* inTime(log: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const iterator = log[Symbol.asyncIterator]();
  const over = AbortSignal.timeout(withinMs);
  const ended = new Promise<{ done: true; value: undefined }>((resolve) =>
    over.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true }),
  );
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), ended]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    iterator.return?.().catch(() => undefined);
  }
}
