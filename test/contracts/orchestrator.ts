import pino from 'pino';
import type { Ability } from '../../src/domain/ability';
import { type ActionKind, actionKinds } from '../../src/domain/action';
import { Failure } from '../../src/domain/failure';
import { PipelineEvent } from '../../src/domain/pipeline-event';
import { hasEnded, type RunRef } from '../../src/domain/run';
import type { Target } from '../../src/domain/target';
import type { Call, Delivery, Normalised, Orchestrator, Receipt } from '../../src/orchestrators/orchestrator';
import { ableTo, connectAll, kindOf } from '../../src/orchestrators/registry';
import { startForwarder } from '../orchestrators/forwarder';
import { startServer } from '../orchestrators/local-server';
import { onlyWhere } from '../support/only-where';
import { until } from '../support/until';

/** A real server of the product, or something that speaks exactly like it, with runs made to order. */
export interface Bench {
  /** The connection's keys in pitcrew.yaml, besides `name` and `kind`. */
  settings: Record<string, unknown>;
  /** The same keys for a server at another address. */
  settingsAt(url: string): Record<string, unknown>;
  /** Makes a run and waits until it is there. */
  succeeded(): Promise<RunRef>;
  /** A run that has failed for good in `step` with a text that matches `error`; it succeeds when it is run again. */
  failed(): Promise<{ run: RunRef; step: string; error: RegExp }>;
  /** A run that goes on until `finish`. */
  running(): Promise<{ run: RunRef; finish(): void }>;
  /** A run, or a pipeline for one, that does not exist. */
  missing: RunRef;
  /** What the product pushed since the bench was opened, as the door would hand it over. */
  pushed(): Delivery[];
  /** The next call that changes something takes effect, but its answer is lost. */
  loseNextAnswer(): void;
  /** For every kind of change that the adapter can make: something to aim it at, made anew each time. */
  aims: Partial<Record<ActionKind, () => Promise<Aim>>>;
  /** How many attempts that run has had. */
  attempts(run: RunRef): Promise<number>;
  /** How long what it is asked for may take. Left out = a stand-in, which is quick. */
  patienceMs?: number;
  /** The product has no place for the name of who asks for a retry. */
  retriesNameNobody?: true;
  /** Who the product says asked for the last change. */
  lastCaller(): string | undefined;
  close(): Promise<void>;
}

/** Something that can be changed now. */
export interface Aim {
  target: Target;
  /** How often the change has taken effect. */
  effects(): Promise<number>;
  /** The same kind of change where it is not legal, and what people are told. */
  illegal: { target: Target; because: RegExp };
  /** Lets everything that it keeps waiting end. */
  finish?(): void;
  /** The product has no place for the name of who asks for this. */
  namesNobody?: true;
}

export interface OrchestratorFixtures {
  open(): Promise<Bench>;
  /** Everything that the adapter can do; the suite tries each, and fails if the adapter has more or less. */
  abilities: Ability[];
  /** What this release of the product lacks, and why; the adapter then says that there is nothing. */
  lacks?: Partial<Record<Ability, string>>;
  /** Deliveries that are well formed but tell nothing that we follow. */
  ignored: Delivery[];
  malformed: Delivery[];
  /** The server's word for a run that has succeeded, as its answers hold it, and one that no release of it knows. */
  wordOfSuccess: { known: RegExp; unknown: string };
}

const name = 'works';
const clock = { now: () => new Date() };
const newKey = () => crypto.randomUUID();

/** What every adapter must keep, whichever product it speaks to. Read aloud, the titles are the port's manual. */
export function describeOrchestrator(id: string, fixtures: OrchestratorFixtures): void {
  const can = (ability: Ability) => fixtures.abilities.includes(ability) && !fixtures.lacks?.[ability];
  const whyNot = (ability: Ability) => fixtures.lacks?.[ability] ?? `the adapter has no ${ability}`;
  /** Tests of abilities that the adapter does not have are left out. */
  const ifCan = (ability: Ability) => onlyWhere(can(ability), whyNot(ability)).describe;

  describe(`the adapter of ${id}`, () => {
    let bench: Bench;
    let orchestrator: Orchestrator;
    const closers: (() => Promise<void>)[] = [];
    let unknownWords = 0;

    function connect(settings: Record<string, unknown>): Orchestrator {
      const kind = kindOf(id);
      const checked = kind?.check(settings);
      if (!checked?.success) throw new Error(`The settings of the bench are not taken: ${checked?.error}`);
      const connected = connectAll([{ name, kind: id, settings: checked.data }], {
        clock,
        log: pino({ level: 'silent' }),
        unknownWord: () => {
          unknownWords += 1;
        },
      }).get(name);
      if (!connected) throw new Error('Nothing was connected.');
      closers.push(connected.close);
      return connected.orchestrator;
    }

    /** As long as the bench may take; a real product is looked at more seldom. */
    const wait = (condition: () => boolean | Promise<boolean>, what: string) =>
      until(condition, { what, ...(bench.patienceMs ? { withinMs: bench.patienceMs, everyMs: 250 } : {}) });

    /** The adapter before a server that gives everybody this answer. */
    async function facing(status: number, body: string): Promise<Orchestrator> {
      const server = await startServer((_, response) => response.writeHead(status).end(body));
      closers.push(server.close);
      return connect(bench.settingsAt(server.url));
    }

    async function facingNobody(): Promise<Orchestrator> {
      const server = await startServer(() => {});
      await server.close();
      return connect(bench.settingsAt(server.url));
    }

    beforeAll(async () => {
      bench = await fixtures.open();
      orchestrator = connect(bench.settings);
    });
    afterAll(async () => {
      for (const close of closers.reverse()) await close();
      await bench?.close();
    });

    it('can do what it is said to do, and nothing else', () => {
      expect(ableTo(orchestrator)).toEqual(fixtures.abilities);
    });

    it('refuses a key that it does not know, and takes its own settings twice', () => {
      const kind = kindOf(id);
      expect(kind?.check({ ...bench.settings, colour: 'red' }).success).toBe(false);
      expect(kind?.check(kind.check(bench.settings).data).success).toBe(true);
    });

    describe('reading a run', () => {
      it('tells a success with its times', async () => {
        const ref = await bench.succeeded();
        const run = await orchestrator.fetchRun(ref);
        expect(run).toMatchObject({
          pipeline: { connection: name, key: ref.pipeline.key },
          run: ref.run,
          status: 'succeeded',
        });
        expect(run.attempt).toBeGreaterThanOrEqual(1);
        expect(run.startedAt?.getTime()).toBeLessThanOrEqual(run.endedAt?.getTime() ?? 0);
        expect(run.error).toBeUndefined();
      });

      it('tells which step failed and why', async () => {
        const { run, step, error } = await bench.failed();
        expect(await orchestrator.fetchRun(run)).toMatchObject({
          status: 'failed',
          step,
          error: expect.stringMatching(error),
        });
      });

      it('tells one that is going, without an end', async () => {
        const { run, finish } = await bench.running();
        const read = await orchestrator.fetchRun(run);
        finish();
        expect(read.status).toBe('running');
        expect(read.endedAt).toBeUndefined();
      });

      it('does not find what is not there', async () => {
        expect((await failureOf(orchestrator.fetchRun(bench.missing))).kind).toBe('not-found');
      });

      it('is unavailable where nobody listens, and names the connection', async () => {
        const failure = await failureOf((await facingNobody()).fetchRun(bench.missing));
        expect(failure.kind).toBe('unavailable');
        expect(failure.where).toContain(name);
      });

      it('knows a closed door and a sign-in page for what they are', async () => {
        expect((await failureOf((await facing(401, '{}')).fetchRun(bench.missing))).kind).toBe('not-allowed');
        expect((await failureOf((await facing(200, '<html>Sign in</html>')).fetchRun(bench.missing))).kind).toBe(
          'bad-response',
        );
      });
    });

    describe('what may not be read', () => {
      const pipeline = () => bench.missing.pipeline;
      const step = () => ({ ...bench.missing, step: 'load' });
      const readings: [Ability | 'fetchRun', (from: Orchestrator) => Promise<unknown> | undefined][] = [
        ['fetchRun', (from) => from.fetchRun(bench.missing)],
        ['poll', (from) => from.poll?.(undefined)],
        ['discover', (from) => all(from.discover?.() ?? [])],
        ['steps', (from) => from.steps?.(bench.missing)],
        ['openLog', (from) => all(from.openLog?.(step()) ?? [])],
        ['runsOf', (from) => from.runsOf?.(pipeline(), ['2026-03-01'])],
        ['versions', (from) => from.versions?.(pipeline())],
        ['lineage', (from) => all(from.lineage?.() ?? [])],
      ];

      it.each(readings.filter(([reading]) => reading === 'fetchRun' || can(reading)))(
        'is not allowed, and never nothing: %s',
        async (_reading, read) => {
          for (const status of [401, 403]) {
            const outcome = await failureOf(Promise.resolve(read(await facing(status, '{"detail":"Not for you"}'))));
            expect(outcome.kind).toBe('not-allowed');
          }
        },
      );
    });

    describe('a word that the adapter does not know', () => {
      it('is unknown and counted, and never taken for a success', async () => {
        const { known, unknown } = fixtures.wordOfSuccess;
        const reword = (answer: string) => answer.replaceAll(known, unknown);
        const newer = await startForwarder(String(bench.settings.url), { reword });
        closers.push(newer.close);
        const adapter = connect({ ...bench.settings, url: newer.url });
        const cursor = (await adapter.poll?.(undefined))?.cursor;
        const run = await bench.succeeded();
        unknownWords = 0;
        expect((await adapter.fetchRun(run)).status).toBe('unknown');
        expect(unknownWords).toBeGreaterThan(0);
        if (!can('poll')) return;
        unknownWords = 0;
        const news = await adapter.poll?.(cursor);
        expect(about(news ?? { events: [] }, run)).not.toContain('succeeded');
        expect(unknownWords).toBeGreaterThan(0);
      });
    });

    describe('checking the connection', () => {
      it('finds nothing amiss with a good one', async () => {
        const findings = await orchestrator.check();
        expect(findings.filter((finding) => !finding.ok)).toEqual([]);
        expect(findings.length).toBeGreaterThan(0);
      });

      it.each<[string, () => Promise<Orchestrator>]>([
        ['nobody listens', facingNobody],
        ['the door is closed', () => facing(403, '{}')],
        ['a web page answers', () => facing(200, '<html>')],
        ['it is out of order', () => facing(500, '{}')],
      ])('says how to mend it when %s, and never throws', async (_title, make) => {
        const faults = (await (await make()).check()).filter((finding) => !finding.ok);
        expect(faults).not.toEqual([]);
        for (const fault of faults) expect(fault.fix).toEqual(expect.stringMatching(/\S/));
      });
    });

    describe('a delivery', () => {
      it('becomes valid events of this connection, the same ones every time', async () => {
        const { run } = await bench.failed();
        const events = await pushedAbout(run, 'failed');
        expect(events.length).toBeGreaterThan(0);
        for (const event of events) {
          expect(PipelineEvent.safeParse(event).error).toBeUndefined();
          expect(event).toMatchObject({ connection: name, pipeline: run.pipeline.key, run: run.run });
        }
      });

      it('that tells nothing we follow gives nothing', () => {
        for (const delivery of fixtures.ignored) expect(orchestrator.normalise(delivery).events).toEqual([]);
      });

      it('that is malformed is a bad response', () => {
        for (const delivery of fixtures.malformed) {
          expect(() => orchestrator.normalise(delivery)).toThrow(expect.objectContaining({ kind: 'bad-response' }));
        }
      });
    });

    ifCan('discover')('discovering', () => {
      it('lists pipelines of this connection, each once', async () => {
        const { pipeline } = await bench.succeeded();
        const found = await all(orchestrator.discover?.() ?? []);
        const keys = found.map(({ key }) => key);
        expect(keys).toContain(pipeline.key);
        expect(new Set(keys).size).toBe(keys.length);
        expect(found.every(({ connection }) => connection === name)).toBe(true);
      });
    });

    ifCan('poll')('polling', () => {
      const poll = async (cursor: unknown) => {
        const news = await orchestrator.poll?.(cursor);
        if (!news) throw new Error('It cannot poll.');
        return { ...news, cursor: JSON.parse(JSON.stringify(news.cursor)) as unknown };
      };

      it('tells what ended since the last time, once, oldest first', async () => {
        const { cursor } = await poll(undefined);
        const good = await bench.succeeded();
        const bad = await bench.failed();
        const news = await poll(cursor);
        expect(about(news, good)).toContain('succeeded');
        expect(about(news, bad.run)).toContain('failed');
        const times = news.events.map(({ occurredAt }) => occurredAt.getTime());
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const event of news.events) expect(PipelineEvent.safeParse(event).error).toBeUndefined();
        const later = await poll(news.cursor);
        expect([...about(later, good), ...about(later, bad.run)]).toEqual([]);
      });

      it('tells the first time only of what is going on', async () => {
        const old = await bench.succeeded();
        const { run, finish } = await bench.running();
        const news = await poll(undefined);
        finish();
        expect(about(news, old)).toEqual([]);
        expect(about(news, run)).toContain('started');
      });

      it('knows an event by the same id as the one that was pushed', async () => {
        const { cursor } = await poll(undefined);
        const { run } = await bench.failed();
        const polled = (await poll(cursor)).events.filter((event) => event.kind === 'failed' && isAbout(event, run));
        const [pushed] = await pushedAbout(run, 'failed');
        expect(polled.map(({ source, id: eventId }) => ({ source, id: eventId }))).toEqual([
          { source: pushed?.source, id: pushed?.id },
        ]);
      });

      it('keeps its place when the server cannot be reached', async () => {
        const { cursor } = await poll(undefined);
        const bad = await bench.failed();
        const away = await facingNobody();
        expect((await failureOf(Promise.resolve(away.poll?.(cursor)))).kind).toBe('unavailable');
        expect(about(await poll(cursor), bad.run)).toContain('failed');
      });
    });

    ifCan('steps')('the steps of a run', () => {
      it('are told with their states', async () => {
        const { run, step } = await bench.failed();
        const steps = (await orchestrator.steps?.(run)) ?? [];
        expect(steps.find((one) => one.step === step)).toMatchObject({ status: 'failed', run: run.run });
      });
    });

    ifCan('openLog')('the log of a step', () => {
      it('holds the error, in readable text', async () => {
        const { run, step, error } = await bench.failed();
        const log = Buffer.concat(await all(orchestrator.openLog?.({ ...run, step }) ?? [])).toString('utf8');
        expect(log).toMatch(error);
        expect(log).not.toMatch(/[\0\uFFFD]/);
      });

      it('may be left unread at any time', async () => {
        const { run, step } = await bench.failed();
        for await (const chunk of orchestrator.openLog?.({ ...run, step }) ?? []) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
        await expect(orchestrator.fetchRun(run)).resolves.toMatchObject({ status: 'failed' });
      });

      it('of a step that is not there is not found', async () => {
        const { run } = await bench.failed();
        expect((await failureOf(all(orchestrator.openLog?.({ ...run, step: 'no_such_step' }) ?? []))).kind).toBe(
          'not-found',
        );
      });
    });

    ifCan('versions')('the versions of a pipeline', () => {
      it('are told newest first, with the one in force', async () => {
        const { pipeline } = await bench.succeeded();
        const changes = (await orchestrator.versions?.(pipeline)) ?? [];
        expect(changes.some((change) => change.active && change.version !== undefined)).toBe(true);
        const times = changes.map(({ at }) => at.getTime());
        expect(times).toEqual([...times].sort((a, b) => b - a));
      });
    });

    ifCan('lineage')('lineage', () => {
      it('tells edges with their ends, source and age', async () => {
        let told = 0;
        for await (const edge of orchestrator.lineage?.() ?? []) {
          told += 1;
          expect(edge).toEqual({
            from: expect.any(String),
            to: expect.any(String),
            source: `${id}:${name}`,
            knownSince: expect.any(Date),
          });
        }
        expect(told).toBeGreaterThan(0);
      });
    });

    ifCan('retry')('a retry', () => {
      it('is planned without changing anything', async () => {
        const { run, step } = await bench.failed();
        const plan = await orchestrator.actions.retry?.plan?.({ kind: 'run', run });
        expect(plan).toMatchObject([{ run: { run: run.run }, steps: expect.arrayContaining([step]) }]);
        expect(await bench.attempts(run)).toBe(1);
      });

      it('starts the run again as the person who asked, and is followed to its success', async () => {
        const { run } = await bench.failed();
        const receipt = await retry(run, callFor('retry', { kind: 'run', run }));
        expect(receipt.run).toBeDefined();
        expect(receipt.duplicate ?? false).toBe(false);
        if (!bench.retriesNameNobody) expect(bench.lastCaller()).toBe('dana@example.com');
        if (can('progress')) {
          await follow(receipt, 'succeeded');
          await expect(orchestrator.fetchRun(receipt.run ?? run)).resolves.toMatchObject({ status: 'succeeded' });
        }
        expect(await bench.attempts(run)).toBe(2);
      });

      it('asked for twice under one key starts one run', async () => {
        const { run } = await bench.failed();
        const call = callFor('retry', { kind: 'run', run });
        const first = await retry(run, call);
        const second = await retry(run, call);
        expect(second).toMatchObject({ run: first.run, duplicate: true });
        expect(await bench.attempts(run)).toBe(2);
      });

      it('of a run that is going is refused, in the plan and in the doing', async () => {
        const { run, finish } = await bench.running();
        const target: Target = { kind: 'run', run };
        const outcomes = [
          await failureOf(retry(run, callFor('retry', target))),
          await failureOf(planOf('retry', target)),
        ];
        finish();
        for (const failure of outcomes)
          expect(failure).toMatchObject({ kind: 'rejected', detail: expect.stringMatching(/going|under way/) });
        expect(await bench.attempts(run)).toBe(1);
      });
    });

    ifCan('stop')('a stop', () => {
      it('ends a run that is going', async () => {
        const { run, finish } = await bench.running();
        const target: Target = { kind: 'run', run };
        await expect(planOf('stop', target)).resolves.toMatchObject([{ run: { run: run.run } }]);
        const receipt = await orchestrator.actions.stop?.perform(target, callFor('stop', target));
        expect(receipt?.run?.run).toBe(run.run);
        await wait(async () => hasEnded((await orchestrator.fetchRun(run)).status), 'the end of the run');
        finish();
        expect((await orchestrator.fetchRun(run)).status).toBe('cancelled');
      });

      it('of a run that has ended is refused in kind words', async () => {
        const run = await bench.succeeded();
        const target: Target = { kind: 'run', run };
        const failure = await failureOf(
          Promise.resolve(orchestrator.actions.stop?.perform(target, callFor('stop', target))),
        );
        expect(failure).toMatchObject({ kind: 'rejected', detail: expect.stringContaining('ended') });
      });
    });

    describe.each(actionKinds)('to %s', (kind) => {
      if (!can(kind)) return onlyWhere(false, whyNot(kind)).it('is more than it can', () => {});
      const open: Aim[] = [];
      afterEach(() => {
        for (const aim of open.splice(0)) aim.finish?.();
      });

      async function aimAt(): Promise<{ aim: Aim; call: Call; perform(as?: Orchestrator): Promise<Receipt> }> {
        const aim = await bench.aims[kind]?.();
        if (!aim) throw new Error(`The bench has nothing to ${kind}.`);
        open.push(aim);
        const call = callFor(kind, aim.target);
        return { aim, call, perform: (as = orchestrator) => performWith(as, call) };
      }

      async function performWith(adapter: Orchestrator, call: Call): Promise<Receipt> {
        const receipt = await adapter.actions[kind]?.perform(call.target, call);
        if (!receipt) throw new Error(`It cannot ${kind}.`);
        return receipt;
      }

      const toTakeEffect = (aim: Aim) => wait(async () => (await aim.effects()) > 0, `the ${kind}`);

      it('is planned in words, without changing anything', async () => {
        const { aim } = await aimAt();
        const plan = (await orchestrator.actions[kind]?.plan?.(aim.target)) ?? [];
        expect(plan.length).toBeGreaterThan(0);
        for (const planned of plan) expect(planned.note).toEqual(expect.stringMatching(/\S.*\.$/));
        expect(await aim.effects()).toBe(0);
      });

      it('is done in the name of the person who asked', async () => {
        const { aim, perform } = await aimAt();
        const receipt = await perform();
        if (!aim.namesNobody) expect(bench.lastCaller()).toBe('dana@example.com');
        expect(receipt.duplicate ?? false).toBe(false);
        await toTakeEffect(aim);
        expect(JSON.parse(JSON.stringify(receipt))).toEqual(receipt);
      });

      it('is done once, also when it is asked for twice under one key', async () => {
        const { aim, perform } = await aimAt();
        await perform();
        await toTakeEffect(aim);
        // The second is told what became of the first, or why there is nothing left to do.
        await perform().catch((error) => expect(error).toMatchObject({ kind: 'rejected', detail: expect.any(String) }));
        expect(await aim.effects()).toBe(1);
      });

      it('is unsure when its answer is lost, and done once when that is looked up before it is tried again', async () => {
        const { aim, call, perform } = await aimAt();
        bench.loseNextAnswer();
        expect((await failureOf(perform())).kind).toBe('unsure');
        await toTakeEffect(aim);
        const found = await orchestrator.lookUp?.(call);
        if (!found) await perform();
        expect(await aim.effects()).toBe(1);
      });

      it('is not found when it was never made', async () => {
        const { aim, call } = await aimAt();
        await expect(orchestrator.lookUp?.(call)).resolves.toBeUndefined();
        expect(await aim.effects()).toBe(0);
      });

      it('is refused where it is not legal, in the plan as in the doing, with what to do instead', async () => {
        const { aim } = await aimAt();
        const { target, because } = aim.illegal;
        const refusal = { kind: 'rejected', detail: expect.stringMatching(because) };
        expect(await failureOf(Promise.resolve(orchestrator.actions[kind]?.plan?.(target)))).toMatchObject(refusal);
        expect(await failureOf(performWith(orchestrator, callFor(kind, target)))).toMatchObject(refusal);
      });

      it('is unavailable where nobody listens: nothing was sent', async () => {
        const { aim, perform } = await aimAt();
        expect((await failureOf(perform(await facingNobody()))).kind).toBe('unavailable');
        expect(await aim.effects()).toBe(0);
      });
    });

    ifCan('backfill')('a backfill', () => {
      it('says how many runs may be asked for at once, and why', async () => {
        const aim = await bench.aims.backfill?.();
        const pipeline = aim?.target.kind === 'partitions' ? aim.target.pipeline : bench.missing.pipeline;
        const limit = await orchestrator.actions.backfill?.concurrency?.(pipeline);
        if (limit) expect(limit).toEqual({ atOnce: expect.any(Number), why: expect.stringMatching(/\S/) });
      });
    });

    ifCan('runsOf')('the runs of partitions', () => {
      it('are told under the names that were asked for, and those without a run are left out', async () => {
        const aim = await bench.aims.backfill?.();
        if (aim?.target.kind !== 'partitions') throw new Error('The bench has no partitions.');
        const { pipeline, partitions } = aim.target;
        await expect(orchestrator.runsOf?.(pipeline, partitions)).resolves.toEqual([]);
        const receipt = await orchestrator.actions.backfill?.perform(aim.target, callFor('backfill', aim.target));
        await follow(receipt ?? {}, 'succeeded');
        await expect(orchestrator.runsOf?.(pipeline, [...partitions, '1999-12-31'])).resolves.toMatchObject([
          { pipeline, run: receipt?.run?.run, partition: partitions[0], status: 'succeeded' },
        ]);
      });
    });

    async function retry(run: RunRef, call: Call): Promise<Receipt> {
      const receipt = await orchestrator.actions.retry?.perform({ kind: 'run', run }, call);
      if (!receipt) throw new Error('It cannot retry.');
      return receipt;
    }

    async function planOf(kind: 'retry' | 'stop', target: Target) {
      return orchestrator.actions[kind]?.plan?.(target);
    }

    async function follow(receipt: Receipt, status: string): Promise<void> {
      const look = async () => (await orchestrator.progress?.(receipt))?.status === status;
      await wait(look, `the state ${status}`);
    }

    /** Events of what was pushed about this run, once they are there. */
    async function pushedAbout(run: RunRef, kind: PipelineEvent['kind']): Promise<PipelineEvent[]> {
      const find = () =>
        bench
          .pushed()
          .flatMap((delivery) => orchestrator.normalise(delivery).events)
          .filter((event) => event.kind === kind && isAbout(event, run));
      await wait(() => find().length > 0, 'the delivery');
      expect(find()).toEqual(find());
      return find();
    }
  });
}

function callFor(kind: ActionKind, target: Target): Call {
  return { kind, actor: 'dana@example.com', idempotencyKey: newKey(), since: new Date(), target };
}

function isAbout(event: PipelineEvent, run: RunRef): boolean {
  return event.pipeline === run.pipeline.key && event.run === run.run;
}

function about(news: Normalised, run: RunRef): string[] {
  return news.events.filter((event) => isAbout(event, run)).map(({ kind }) => kind);
}

async function failureOf(reading: Promise<unknown>): Promise<Failure> {
  const outcome = await reading.then(
    (value) => new Error(`It went well: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof Failure) return outcome;
  throw outcome;
}

async function all<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
