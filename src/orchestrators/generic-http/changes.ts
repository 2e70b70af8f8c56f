import type { RunRef, RunStatus } from '../../domain/run';
import type { Target } from '../../domain/target';
import { createAims } from '../aims';
import { orGone } from '../gone';
import type { Http } from '../http';
import type { ActionAbility, Call, Orchestrator, Receipt } from '../orchestrator';
import { createPausing } from '../pausing';
import { createRefusals } from '../refusals';
import { Data, valueAt } from './expression';
import { placesOf, type Runs } from './runs';
import { type Action, type ActionWord, actionWords, type GenericHttpSettings } from './settings';
import { fillBody, fillPath, type Values } from './template';

type RunWord = Exclude<ActionWord, 'pause' | 'resume'>;

const words: Record<RunWord, { when: RunStatus[]; note: string }> = {
  retry: { when: ['failed', 'cancelled'], note: 'The run is done again, as its scheduler does that.' },
  stop: { when: ['queued', 'running'], note: 'The run ends.' },
  kill: { when: ['queued', 'running'], note: 'The run ends at once.' },
  start: { when: [], note: 'A new run.' },
  backfill: { when: [], note: 'A new run for this partition.' },
};

type Ability = ActionAbility & { lookUp(call: Call): Promise<Receipt | undefined> };

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
    partition: target.kind === 'partitions' ? target.partitions[0] : '',
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

  async function mustBe(target: Target, kind: RunWord, action: Action): Promise<RunRef | undefined> {
    mustFit(target, action);
    if (kind === 'backfill' && aims.partitions(target).partitions.length > 1)
      throw refusals.no('One partition at a time: each is a run of its own here. Name one.');
    if (kind === 'start' || kind === 'backfill') return undefined;
    const { pipeline, run, attempt, status } = await runs.fetch(aims.run(target));
    const when = action.when ?? words[kind].when;
    if (when.includes(status as (typeof when)[number])) return { pipeline, run, attempt };
    if (status === 'queued' || status === 'running')
      throw refusals.no(`Run ${run} is still going. Wait for its end, or stop it.`);
    throw refusals.no(
      kind === 'stop' || kind === 'kill'
        ? `Run ${run} has ended already (${status}); there is nothing to ${kind}.`
        : `Run ${run} has ${status === 'succeeded' ? 'succeeded' : `ended (${status})`}; there is nothing to run again.`,
    );
  }

  /** What was made under the key of this call. `undefined` = nothing, or asking again does no harm. @throws Failure `unsure` */
  async function find(kind: RunWord, action: Action, call: Call): Promise<Receipt | undefined> {
    if (action.find) {
      const answer = await orGone(http.get(fillPath(where, action.find.path, places(call.target, call)), Data));
      const run =
        answer === undefined ? undefined : valueAt(where, `actions.${kind}.find.run`, action.find.run, answer);
      return run === undefined ? undefined : { run: refOf(call.target, String(run)), duplicate: true };
    }
    if (kind === 'stop' || kind === 'kill') {
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

  async function send(action: Action, target: Target, call: Call): Promise<Data> {
    const values = places(target, call);
    const verb = { POST: http.post, PUT: http.put, PATCH: http.patch, DELETE: http.del }[action.method];
    const body = action.body === undefined ? undefined : fillBody(action.body, values);
    return verb(fillPath(where, action.path, values), Data, { body, signal: call.signal });
  }

  function abilityOf(kind: RunWord, action: Action): Ability {
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
        const answer = await send(action, target, call);
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
      lookUp: (call) => find(kind, action, call),
    };
  }

  /** Both, or one of them alone where the configuration has no other. */
  function pausing(paused: NonNullable<GenericHttpSettings['paused']>) {
    return createPausing({
      aims,
      refusals,
      async read(key) {
        const answer = await http.get(fillPath(where, paused.path, { pipeline: key }), Data);
        return valueAt(where, 'paused.is', paused.is, answer)
          ? { resume: `Resumes ${key}: it runs by itself again, as its scheduler does that.` }
          : { pause: `Pauses ${key}: nothing starts it by itself. What has begun goes on.` };
      },
      async set(word, _key, call) {
        const action = settings.actions[word];
        if (action) await send(action, call.target, call);
      },
    });
  }

  const abilities: Partial<Record<ActionWord, Ability>> = {};
  const both = settings.paused && pausing(settings.paused);
  for (const kind of actionWords) {
    const action = settings.actions[kind];
    if (action) abilities[kind] = kind === 'pause' || kind === 'resume' ? both?.[kind] : abilityOf(kind, action);
  }
  const actions: Orchestrator['actions'] = {};
  for (const kind of actionWords) {
    const ability = abilities[kind];
    if (!ability) continue;
    const { lookUp: _, ...rest } = ability;
    actions[kind] = rest;
  }
  const atOnce = settings.actions.backfill?.atOnce;
  if (actions.backfill && atOnce !== undefined)
    actions.backfill.concurrency = async ({ key }) => ({
      atOnce,
      why: `${key} takes ${atOnce === 1 ? 'one run' : `${atOnce} runs`} at a time, as the connection is set up.`,
    });
  return {
    actions,
    async lookUp(call: Call): Promise<Receipt | undefined> {
      const kind = actionWords.find((word) => word === call.kind);
      return kind && abilities[kind]?.lookUp(call);
    },
  };
}
