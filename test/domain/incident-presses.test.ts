import type { Closing } from '../../src/domain/closing';
import {
  type Candidates,
  closedBy,
  decide,
  type Incident,
  isLive,
  type KnownRun,
  learn,
  type Member,
} from '../../src/domain/incident';
import type { PipelineEvent } from '../../src/domain/pipeline-event';
import fc, { tries } from '../support/fast-check';
import { folded, stories } from './run-stories';

/** Minutes after nine. */
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 25, 9, minute));
const pipelines = ['orders_daily', 'orders_hourly'];

interface Press {
  /** Says that all that fails is skipped on purpose, or takes that back. */
  what: 'close' | 'undo';
  minute: number;
}

/** What was heard before the first press, then between the first and the second …, after the last. */
type Heard = PipelineEvent[][];

interface End {
  incident: unknown;
  /** The pipelines that each press was about in the end. */
  took: string[][];
}

/** One incident with both pipelines, as it stands after all of that. */
function play(heard: Heard, presses: Press[]): End {
  let incident: Incident = { id: 'i1', state: 'open', openedAt: at(-1), lastFailedAt: at(-1), members: [] };
  const known = new Map<string, KnownRun[]>();
  const knownOf = (pipeline: string) => known.get(pipeline) ?? [];
  const took: string[][] = [];
  const hear = (event: PipelineEvent): void => {
    known.set(event.pipeline, folded([event]).reduce(learn, knownOf(event.pipeline)));
    const holds = incident.members.some(({ pipeline }) => pipeline === event.pipeline);
    const found: Candidates =
      incident.state !== 'open' ? { lately: incident } : holds ? { same: incident } : { cause: incident };
    incident = decide(event, found, knownOf(event.pipeline), () => 'another').incident ?? incident;
  };
  const press = ({ what, minute }: Press): void => {
    const closing: Closing | undefined =
      what === 'close' ? { at: at(minute), by: 'U0DANA', why: 'unneeded' } : undefined;
    const isMeant = (member: Member) => (closing ? isLive(member) : member.state === 'skipped' && !!member.closing);
    const meant = incident.members.filter(isMeant);
    took.push(meant.map(({ pipeline }) => pipeline).sort());
    incident = closedBy(incident, meant, closing, (member) => knownOf(member.pipeline)).incident;
  };

  for (const pipeline of pipelines) hear(firstFailure(pipeline));
  for (const [index, events] of heard.entries()) {
    for (const event of events) hear(event);
    const next = presses[index];
    if (next) press(next);
  }
  const { id, state, closedAt, flappers, lastFailedAt, members } = incident;
  return {
    took,
    incident: {
      id,
      state,
      closedAt,
      flappers,
      lastFailedAt,
      members: members.map(({ pipeline, state, run, attempt, trouble, lastFailedAt, endedAt, closing }) =>
        JSON.stringify({ pipeline, state, run, attempt, trouble, lastFailedAt, endedAt, closing }),
      ),
    },
  };
}

function firstFailure(pipeline: string): PipelineEvent {
  return {
    source: 'test',
    id: `first ${pipeline}`,
    kind: 'failed',
    occurredAt: at(-1),
    connection: 'prod',
    pipeline,
    run: 'r0',
    attempt: 1,
    final: true,
  };
}

/** What two pipelines did, what people pressed meanwhile, and two ways in which it may have been heard. */
interface Story {
  presses: Press[];
  one: Heard;
  other: Heard;
}

/**
 * @param mayWait `alike`: an event that comes after presses made since it happened comes after the same ones both times, be it in
 *   another order and more than once; `anyhow`: it waits once, and not the other time.
 */
function heardTwice(mayWait: 'alike' | 'anyhow'): fc.Arbitrary<Story> {
  const press = fc.record({
    what: fc.constantFrom<Press['what']>('close', 'close', 'undo'),
    minute: fc.integer({ min: 0, max: 25 }),
  });
  return fc
    .record({
      told: fc.tuple(...pipelines.map((pipeline) => stories('').map((events) => of(pipeline, events)))),
      presses: fc.array(press, { minLength: 1, maxLength: 3 }),
    })
    .chain(({ told, presses: unsorted }) => {
      const events = told.flat().sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
      const presses = unsorted.sort((a, b) => a.minute - b.minute);
      return fc
        .record({
          waits: fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: events.length, maxLength: events.length }),
          again: fc.array(fc.record({ which: fc.nat(), waits: fc.nat() }), { maxLength: 4 }),
          order: fc.shuffledSubarray(
            Array.from({ length: events.length + 4 }, (_, index) => index),
            { minLength: events.length + 4 },
          ),
        })
        .map(({ waits, again, order }): Story => {
          const soonest = ({ occurredAt }: PipelineEvent) =>
            presses.filter(({ minute }) => at(minute) < occurredAt).length;
          const late = (event: PipelineEvent, by: number) =>
            Math.min(presses.length, soonest(event) + (by % (presses.length + 1)));
          const delayed = events.map((event, index) => ({ event, when: late(event, waits[index] ?? 0) }));
          const prompt = events.map((event) => ({ event, when: soonest(event) }));
          const repeated = again.flatMap(({ which, waits: by }) => {
            const first = delayed[which % Math.max(1, delayed.length)];
            return first ? [{ ...first, when: Math.min(presses.length, first.when + (by % 3)) }] : [];
          });
          const shuffled = order.flatMap((index) => [...delayed, ...repeated][index] ?? []);
          const cut = (arrivals: { event: PipelineEvent; when: number }[]): Heard =>
            Array.from({ length: presses.length + 1 }, (_, when) =>
              arrivals.flatMap((each) => (each.when === when ? [each.event] : [])),
            );
          return { presses, one: cut(mayWait === 'alike' ? delayed : prompt), other: cut(shuffled) };
        });
    });
}

function of(pipeline: string, events: PipelineEvent[]): PipelineEvent[] {
  return events.map((event) => ({ ...event, pipeline, id: `${pipeline} ${event.id}` }));
}

describe('what people closed, and what they took back', () => {
  it('stands in the end as it would with the events between two presses in another order, or repeated', () => {
    fc.assert(
      fc.property(heardTwice('alike'), ({ presses, one, other }) => {
        expect(play(other, presses)).toEqual(play(one, presses));
      }),
      { numRuns: tries(200) },
    );
  });

  it('stands as well when events are heard only after presses that they came before, so long as these were about the same', () => {
    fc.assert(
      fc.property(heardTwice('anyhow'), ({ presses, one, other }) => {
        const [prompt, late] = [play(one, presses), play(other, presses)];
        fc.pre(JSON.stringify(prompt.took) === JSON.stringify(late.took));
        expect(late).toEqual(prompt);
      }),
      { numRuns: tries(200) },
    );
  });
});
