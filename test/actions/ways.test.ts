import { createWays } from '../../src/actions/ways';
import { Failure } from '../../src/domain/failure';
import type { RunStatus } from '../../src/domain/run';
import { abilitiesIn } from '../support/abilities';
import { createScriptedOrchestrator } from '../support/scripted-orchestrator';
import { run } from './stage';

describe('the ways that are offered for a run', () => {
  const nothingWaits = new Failure('rejected', 'prod', { detail: 'There is nothing to unblock.', isOurs: true });
  it.each([
    { title: 'where others wait for it', plan: async () => [], status: 'failed', offered: true },
    { title: 'where nothing waits for it', plan: () => Promise.reject(nothingWaits), status: 'failed', offered: false },
    {
      title: 'where the orchestrator does not say',
      plan: () => Promise.reject(new Failure('unavailable', 'prod')),
      status: 'failed',
      offered: true,
    },
    { title: 'where it is not planned', plan: undefined, status: 'failed', offered: true },
    { title: 'that runs', plan: async () => [], status: 'running', offered: false },
  ] satisfies { title: string; plan: unknown; status: RunStatus; offered: boolean }[])(
    'let the next runs go on past one $title: $offered',
    async ({ plan, status, offered }) => {
      const orchestrator = createScriptedOrchestrator();
      orchestrator.run = { ...run, status };
      orchestrator.actions.unblock = { ...(plan ? { plan } : {}), perform: async () => ({}) };
      const { ways } = createWays({ orchestrator: () => orchestrator, abilitiesOf: () => abilitiesIn(orchestrator) });
      expect((await ways(run)).some(({ way }) => way === 'unblock')).toBe(offered);
    },
  );
});
