import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Source } from '../domain/settings';

/**
 * Who brings this call, judged by a bearer token or by the signature of its body. Constant time in the secrets.
 *
 * @param headers names in lower case
 */
export function findSource(
  sources: Source[],
  headers: Record<string, string | undefined>,
  rawBody: Buffer,
): Source | undefined {
  const token = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim();
  return sources.find((source) => {
    if (source.hmac) {
      const given = headers[source.hmac.header];
      if (!given) return false;
      const expected = createHmac(source.hmac.algorithm, source.hmac.secret).update(rawBody).digest('hex');
      const prefix = `${source.hmac.algorithm}=`;
      const digest = given.trim().toLowerCase();
      return same(digest.startsWith(prefix) ? digest.slice(prefix.length) : digest, expected);
    }
    return token !== undefined && same(token, source.token);
  });
}

/** Hashing first makes the lengths equal, so that not even they can be timed. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
