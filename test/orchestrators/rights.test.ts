import pino from 'pino';
import { missingOf } from '../../src/domain/ability';
import type { Finding, Orchestrator } from '../../src/orchestrators/orchestrator';
import { createRights } from '../../src/orchestrators/rights';
import { only } from '../support/abilities';

const denied: Finding = {
  ok: false,
  say: 'The user may not clear tasks.',
  fix: 'Give it the role Op.',
  lacks: { retry: 'The user may not clear tasks. Ask for the role Op.', skip: 'That neither.' },
};
const reached: Finding = { ok: true, say: 'It answers.' };
const away: Finding = { ok: false, say: 'It does not answer.', fix: 'Start it.' };

function open(looks: (Finding[] | Error)[]) {
  const orchestrator: Orchestrator = {
    normalise: () => ({ events: [] }),
    fetchRun: async () => Promise.reject(new Error('not asked')),
    check: async () => {
      const next = looks.shift() ?? [reached];
      if (next instanceof Error) throw next;
      return next;
    },
    actions: {},
  };
  const lab = { name: 'lab', orchestrator, abilities: only('openLog', 'retry', 'stop') };
  return createRights({
    connections: { get: (name) => (name === 'lab' ? lab : undefined), all: () => [lab] },
    log: pino({ level: 'silent' }),
  });
}

describe('what a connection can do', () => {
  it('is what its product can, before anybody has looked', () => {
    const { retry, stop, backfill } = open([]).of('lab');
    expect({ retry, stop, backfill }).toEqual({ retry: true, stop: true, backfill: only().backfill });
  });

  it('loses what the credential may not, with the reason, and gets it back', async () => {
    const rights = open([[reached, denied], [reached]]);
    await rights.look();
    expect(rights.of('lab')).toMatchObject({ retry: denied.lacks?.retry, openLog: true, skip: only().skip });
    expect(missingOf(rights.of('lab')).map(({ name }) => name)).toEqual(['Retry', 'Backfill', 'Redeploy']);
    await rights.look();
    expect(rights.of('lab').retry).toBe(true);
  });

  it('stays as it was while the orchestrator is away, or its check breaks', async () => {
    const rights = open([[reached, denied], [away], new Error('a bug')]);
    for (let look = 0; look < 3; look += 1) await rights.look();
    expect(rights.of('lab').retry).toBe(denied.lacks?.retry);
  });

  it('is nothing for one that only sends events, and says what to do about it', () => {
    expect(Object.values(open([]).of('ci')).every((why) => /^Of ci I know only/.test(String(why)))).toBe(true);
  });
});
