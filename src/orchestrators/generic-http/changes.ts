import type { ActionKind } from '../../domain/action';
import type { RunRef, RunStatus } from '../../domain/run';
import type { Target } from '../../domain/target';
import { createAims } from '../aims';
import { orGone } from '../gone';
import type { Http } from '../http';
import type { ActionAbility, Call, Orchestrator, Receipt } from '../orchestrator';
import { createRefusals } from '../refusals';
import { Data, valueAt } from './expression';
import { placesOf, type Runs } from './runs';
import type { Action, GenericHttpSettings } from './settings';
import { fillBody, fillPath, type Values } from './template';

type Kind = keyof GenericHttpSettings['actions'];

const words: Record<Kind, { when: RunStatus[]; note: string }> = {
  retry: { when: ['failed', 'cancelled'], note: 'The run is done again, as its scheduler does that.' },
  stop: { when: ['queued', 'running'], note: 'The run ends.' },
  start: { when: [], note: 'A new run.' },
};

/** The changes that the configuration describes. What is not legal in a state is refused before it is asked for. */
export function createChanges(deps: { http: Http; connection: string; settings: GenericHttpSettings; runs: Runs }) {
  const { http, connection, settings, runs } = deps;
  const { where } = http;
  const refusals = createRefusals(where);
  const aims = createAims(refusals);

  const places = (target: Target, call: Call): Values => ({
    ...('run' in target ? placesOf(target.run) : { pipeline: aims.pipeline(target).key }),
    actor: call.actor || 'Pitcrew',
    key: call.idempotencyKey,
    parameters: 'parameters' in target ? (target.parameters ?? {}) : {},
  });

  function mustFit(target: Target, action: Action): void {
    if (aims.step(target) !== undefined)
      throw refusals.no('Only whole runs can be changed here. Take the run instead.');
    if (target.kind === 'run' && target.from === 'start')
      throw refusals.no('A run is done again in one way only here. Retry it without "from the start" instead.');
    const isGiven = 'parameters' in target && Object.keys(target.parameters ?? {}).length > 0;
    if (isGiven && !JSON.stringify(action.body ?? '').includes('{parameters}'))
      throw refusals.no('Parameters cannot be given here. Leave them out.');
  }

  async function mustBe(target: Target, kind: Kind, action: Action): Promise<RunRef | undefined> {
    mustFit(target, action);
    if (kind === 'start') return undefined;
    const { pipeline, run, attempt, status } = await runs.fetch(aims.run(target));
    const when = action.when ?? words[kind].when;
    if (when.includes(status as (typeof when)[number])) return { pipeline, run, attempt };
    if (status === 'queued' || status === 'running')
      throw refusals.no(`Run ${run} is still going. Wait for its end, or stop it.`);
    throw refusals.no(
      kind === 'stop'
        ? `Run ${run} has ended already (${status}); there is nothing to stop.`
        : `Run ${run} has ${status === 'succeeded' ? 'succeeded' : `ended (${status})`}; there is nothing to run again.`,
    );
  }

  /** What was made under the key of this call. `undefined` = nothing, or asking again does no harm. @throws Failure `unsure` */
  async function find(kind: Kind, action: Action, call: Call): Promise<Receipt | undefined> {
    if (action.find) {
      const answer = await orGone(http.get(fillPath(where, action.find.path, places(call.target, call)), Data));
      const run =
        answer === undefined ? undefined : valueAt(where, `actions.${kind}.find.run`, action.find.run, answer);
      return run === undefined ? undefined : { run: refOf(call.target, String(run)), duplicate: true };
    }
    if (kind === 'stop') {
      const { pipeline, run, attempt, status } = await runs.fetch(aims.run(call.target));
      return status === 'cancelled' ? { run: { pipeline, run, attempt }, duplicate: true } : undefined;
    }
    if (action.once) return undefined;
    throw refusals.unsure();
  }

  const refOf = (target: Target, run: string): RunRef => ({
    pipeline: { connection, key: aims.pipeline(target).key },
    run,
  });

  function abilityOf(kind: Kind, action: Action): ActionAbility {
    return {
      async plan(target) {
        const run = await mustBe(target, kind, action);
        if (!run) return [{ note: words[kind].note }];
        const { step } = await runs.complete(run);
        return [{ run, ...(step === undefined ? {} : { steps: [step] }), note: words[kind].note }];
      },
      async perform(target, call) {
        const earlier = action.find && (await find(kind, action, call));
        if (earlier) return earlier;
        await mustBe(target, kind, action);
        const values = places(target, call);
        const verb = { POST: http.post, PUT: http.put, PATCH: http.patch, DELETE: http.del }[action.method];
        const body = action.body === undefined ? undefined : fillBody(action.body, values);
        const answer = await verb(fillPath(where, action.path, values), Data, { body, signal: call.signal });
        const read = (name: 'run' | 'duplicate') => {
          const expression = action[name];
          return expression === undefined ? undefined : valueAt(where, `actions.${kind}.${name}`, expression, answer);
        };
        const made = read('run') ?? ('run' in target ? target.run.run : undefined);
        return {
          ...(made === undefined ? {} : { run: refOf(target, String(made)) }),
          ...(read('duplicate') ? { duplicate: true } : {}),
        };
      },
    };
  }

  const actions: Orchestrator['actions'] = {};
  for (const kind of ['retry', 'stop', 'start'] as const) {
    const action = settings.actions[kind];
    if (action) actions[kind] = abilityOf(kind, action);
  }
  const isOurs = (kind: ActionKind): kind is Kind => kind === 'retry' || kind === 'stop' || kind === 'start';
  return {
    actions,
    async lookUp(call: Call): Promise<Receipt | undefined> {
      const action = isOurs(call.kind) ? settings.actions[call.kind] : undefined;
      return isOurs(call.kind) && action ? find(call.kind, action, call) : undefined;
    },
  };
}
