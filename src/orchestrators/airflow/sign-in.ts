import { z } from 'zod';
import { Failure } from '../../domain/failure';
import { type Authorise, endOfToken, keepToken, type Token } from '../authorise';
import type { AirflowSettings } from './settings';

/** One page of the documentation names the key otherwise than the server does. */
const Issued = z
  .object({ access_token: z.string().optional(), jwt_token: z.string().optional() })
  .transform(({ access_token, jwt_token }) => access_token ?? jwt_token ?? '')
  .pipe(z.string().min(1, 'holds no token'));

/** Airflow 3 gives a token for name and password. Airflow 2 has no such place, and takes name and password with every call. */
export function signInWith({ username, password, token }: AirflowSettings): Authorise | undefined {
  if (token !== undefined) {
    const headers = bearer(token);
    return () => ({ headers: async () => headers, renew: () => false });
  }
  if (username === undefined || password === undefined) return undefined;
  return ({ clock, post }) =>
    keepToken(clock, async (): Promise<Token> => {
      try {
        const issued = await post('/auth/token', Issued, { body: { username, password } });
        return { headers: bearer(issued), endsAt: endOfToken(issued) };
      } catch (error) {
        if (!(error instanceof Failure) || !hasNoTokens(error)) throw error;
        const both = Buffer.from(`${username}:${password}`).toString('base64');
        return { headers: { authorization: `Basic ${both}` } };
      }
    });
}

/** 404; or 405, where the web pages of Airflow 2 own every path. */
function hasNoTokens({ kind, status }: Failure): boolean {
  return kind === 'not-found' || status === 405;
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
