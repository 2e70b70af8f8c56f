import type { Clock } from '../../lib/clock';
import { orGone } from '../gone';
import type { Api } from './api';

const keptMs = 10 * 60_000;

export type LegalAction = 'RESTART' | 'STOP' | 'KILL' | 'UNBLOCK' | 'SKIP';

/** What the server allows in each status of a run and of a step, asked for once in a while. Where it does not say, it decides itself. */
export function createLegality(api: Api, clock: Clock) {
  function asked(read: () => Promise<Record<string, string[]>>) {
    let known: { map: Record<string, string[]>; atMs: number } | undefined;
    return async (status: string, action: LegalAction): Promise<boolean> => {
      const nowMs = clock.now().getTime();
      if (!known || nowMs - known.atMs > keptMs) known = { map: (await orGone(read())) ?? {}, atMs: nowMs };
      return known.map[status]?.includes(action) ?? true;
    };
  }
  return { ofRun: asked(api.actionMap), ofStep: asked(api.stepActionMap) };
}
export type Legality = ReturnType<typeof createLegality>;
