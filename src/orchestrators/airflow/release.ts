import { z } from 'zod';
import { Failure } from '../../domain/failure';
import type { Http } from '../http';

const Version = z.object({ version: z.string().regex(/^\d+\.\d+/, 'is no version') }).transform(({ version }) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { version, major, minor };
});
export type Release = z.output<typeof Version>;

/** Asked again after so long: a server may be upgraded below us. */
const keptMs = 10 * 60_000;

/** Which Airflow answers: REST API v2 is Airflow 3, v1 is Airflow 2. */
export function createRelease(http: Http, now: () => Date): () => Promise<Release> {
  let held: { release: Promise<Release>; atMs: number } | undefined;

  async function find(): Promise<Release> {
    try {
      return await http.get('/api/v2/version', Version);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
    }
    const release = await http.get('/api/v1/version', Version);
    if (release.major === 2) return release;
    const detail = `Version ${release.version} of Airflow is none that I know: it must be 3 or 2.`;
    throw new Failure('bad-response', http.where, { detail });
  }

  return () => {
    if (!held || now().getTime() - held.atMs > keptMs) {
      const asked = { release: find(), atMs: now().getTime() };
      held = asked;
      asked.release.catch(() => {
        if (held === asked) held = undefined;
      });
    }
    return held.release;
  };
}
