import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Source } from '../domain/settings';

type Headers = Record<string, string | undefined>;

/**
 * Who brings this call, judged by a bearer token or by the signature of its body. Constant time in the secrets.
 *
 * @param headers names in lower case
 */
export function findSource(sources: Source[], headers: Headers, rawBody: Buffer): Source | undefined {
  const search = searchSource(sources, headers);
  search.update(rawBody);
  return search.found();
}

/** The same for a body that comes in pieces, as it travels. */
export function searchSource(sources: Source[], headers: Headers) {
  const token = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim();
  const candidates = sources.flatMap((source): { source: Source; isIt(): boolean; update?(chunk: Buffer): void }[] => {
    if (!source.hmac) return token !== undefined && same(token, source.token) ? [{ source, isIt: () => true }] : [];
    const given = headers[source.hmac.header];
    if (!given) return [];
    const { algorithm, secret } = source.hmac;
    const hmac = createHmac(algorithm, secret);
    const digest = given.trim().toLowerCase();
    const signature = digest.startsWith(`${algorithm}=`) ? digest.slice(algorithm.length + 1) : digest;
    return [{ source, update: (chunk) => hmac.update(chunk), isIt: () => same(signature, hmac.digest('hex')) }];
  });

  return {
    /** Nobody's, whatever the body is. */
    isHopeless: candidates.length === 0,
    update(chunk: Buffer): void {
      for (const candidate of candidates) candidate.update?.(chunk);
    },
    /** When the body is there in full; asked once. */
    found: (): Source | undefined => candidates.find(({ isIt }) => isIt())?.source,
  };
}

/** Hashing first makes the lengths equal, so that not even they can be timed. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
