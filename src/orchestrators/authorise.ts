import type { ZodType } from 'zod';
import type { Clock } from '../lib/clock';

/** What signs a connection's calls in. */
export interface Pass {
  /** Headers to show now; signs in first where that is needed. @throws Failure where signing in fails */
  headers(): Promise<Record<string, string>>;
  /** What was shown is not taken any more. @returns whether another try with `headers()` may fare better */
  renew(shown: Record<string, string>): boolean;
}

/** Made once for each connection; its own calls carry no pass. */
export type Authorise = (deps: {
  /** The other side's name, as people read it. */
  where: string;
  clock: Clock;
  /** Tried again like a read. @throws Failure */
  post<T>(path: string, schema: ZodType<T>, options?: { body?: unknown; headers?: Record<string, string> }): Promise<T>;
}) => Pass;

/** A token is given up so long before it ends, or a tenth of its life, whichever is shorter. */
const earlyMs = 60_000;

export interface Token {
  headers: Record<string, string>;
  /** Left out = used until it is refused. */
  endsAt?: Date;
}

/** Keeps one token for all calls: fetched once however many ask, renewed before it ends and when it is refused. */
export function keepToken(clock: Clock, fetchToken: () => Promise<Token>): Pass {
  let held: { token: Token; renewAtMs: number } | undefined;
  let fetching: Promise<Token> | undefined;

  async function fetchAnew(): Promise<Token> {
    try {
      const token = await fetchToken();
      const lifeMs = token.endsAt ? token.endsAt.getTime() - clock.now().getTime() : Number.POSITIVE_INFINITY;
      held = { token, renewAtMs: clock.now().getTime() + lifeMs - Math.min(earlyMs, lifeMs / 10) };
      return token;
    } finally {
      fetching = undefined;
    }
  }

  return {
    async headers() {
      if (held && clock.now().getTime() < held.renewAtMs) return held.token.headers;
      fetching ??= fetchAnew();
      return (await fetching).headers;
    },
    renew(shown) {
      // Of many calls that were refused at once, the first one drops the token; the others use its successor.
      if (held?.token.headers === shown) held = undefined;
      return true;
    },
  };
}

/** When a JSON Web Token ends, as it says of itself. Undefined for what is not such a token. */
export function endOfToken(token: string): Date | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const ends = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof ends === 'number' && Number.isFinite(ends) ? new Date(ends * 1_000) : undefined;
  } catch {
    return undefined;
  }
}
