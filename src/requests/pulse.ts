/** Asks the pulse: one question a quarter to those who could use Pitcrew. In: the clock, and presses. Out: direct messages, and a result without names. */
import { createHash } from 'node:crypto';
import type { Actor } from '../domain/actor';
import { Failure } from '../domain/failure';
import { askAt, type PulseResult, restMs, resultOf, roundAt } from '../domain/pulse';
import type { Settings } from '../domain/settings';
import { nextWorkingMoment, type Schedule } from '../domain/working-time';
import type { Clock } from '../lib/clock';
import type { Db, Tx } from '../store/db';
import * as postRows from '../store/post-rows';
import * as pulseRows from '../store/pulse-rows';

export interface PulseDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  redact(text: string): string;
  /** Surrogate ids of those who could use it, without those whom the settings exclude; `undefined` = nobody has said. */
  eligible(): Promise<ReadonlySet<string> | undefined>;
  /** Slack ids of those of them whom nobody has read yet: who never came is asked as well. */
  unmet(): Promise<string[]>;
  /** @throws Failure */
  actor(slackId: string): Promise<Actor>;
}

export type Pulse = ReturnType<typeof createPulse>;

const askedAtOnce = 20;
/** Slack tells of about a hundred a minute. */
const metAtOnce = 15;
const roundsShown = 4;
const wordsMax = 3_000;

export function createPulse({ db, clock, settings, redact, eligible, unmet, actor }: PulseDeps) {
  /** Quarters that this process knows to be planned. */
  const begun = new Set<string>();
  /** Slack ids of whom Slack would not tell. */
  const unknown = new Set<string>();

  const scheduleIn = (timeZone: string | null): Schedule => {
    const { workspace } = settings();
    return { ...workspace, timeZone: timeZone ?? workspace.timeZone };
  };

  /** Gives everybody a moment, once a quarter, whichever replica is first. */
  async function begin(now: Date): Promise<void> {
    const { workspace, adoption } = settings();
    const { spreadDays } = adoption.pulse;
    const round = roundAt(now, workspace, spreadDays);
    if (!round || begun.has(round.quarter)) return;
    if (!(await pulseRows.isBegun(db, round.quarter))) {
      if (!(await meetSome())) return;
      const could = await eligible();
      // Before the groups are read for the first time there is nobody; a round is planned once.
      if (!could || could.size === 0) return;
      const people = await pulseRows.zonesOf(db, [...could]);
      await db.transaction(async (tx) => {
        if (!(await pulseRows.begin(tx, round, now))) return;
        const asks = people.map(({ personId, timeZone }) => ({
          personId,
          at: askAt(now, shareOf(round.quarter, personId), { schedule: scheduleIn(timeZone), spreadDays }),
        }));
        await pulseRows.plan(tx, round.quarter, asks);
      });
    }
    begun.add(round.quarter);
  }

  /** @returns whether all who could be asked are known */
  async function meetSome(): Promise<boolean> {
    const left = (await unmet()).filter((slackId) => !unknown.has(slackId));
    for (const slackId of left.slice(0, metAtOnce))
      await actor(slackId).catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        unknown.add(slackId);
      });
    return left.length <= metAtOnce;
  }

  /** Puts the question to whom it is time for; who was late to be asked is asked in working hours all the same. */
  async function askDue(now: Date): Promise<number> {
    return db.transaction(async (tx) => {
      const due = await pulseRows.takeDue(tx, { now, limit: askedAtOnce });
      if (due.length === 0) return 0;
      const could = await eligible();
      let count = 0;
      for (const { quarter, personId, timeZone } of due) {
        const until = nextWorkingMoment(now, scheduleIn(timeZone));
        if (until > now) {
          await pulseRows.putOff(tx, { quarter, personId, until });
          continue;
        }
        const person = could?.has(personId)
          ? await pulseRows.mayAsk(tx, personId, new Date(now.getTime() - restMs))
          : undefined;
        if (!person) {
          await pulseRows.leaveOut(tx, { quarter, personId });
          continue;
        }
        await pulseRows.markAsked(tx, { quarter, personId, at: now });
        await postRows.addNote(tx, { channel: person.slackId, notice: { kind: 'pulse', at: now, quarter } }, now);
        count += 1;
      }
      return count;
    });
  }

  return {
    /** @returns how many were asked */
    async sweep(): Promise<number> {
      const now = clock.now();
      const { adoption, support } = settings();
      const keptSince = new Date(now.getTime() - support.keepWordsDays * 86_400_000);
      await pulseRows.forgetWords(db, keptSince);
      if (!adoption.pulse.enabled) return 0;
      await begin(now);
      return askDue(now);
    },

    /** @param said.at when it was pressed @returns false where they were not asked, or the round is over */
    answer: (tx: Tx, { actor, ...said }: { actor: Actor; quarter: string; score: number; at: Date }) =>
      pulseRows.answer(tx, { ...said, personId: actor.personId }),

    explain: (tx: Tx, { actor, ...said }: { actor: Actor; quarter: string; words: string; at: Date }) =>
      pulseRows.explain(tx, { ...said, words: redact(said.words).slice(0, wordsMax), personId: actor.personId }),

    /** The newest rounds first. */
    async results(): Promise<{ results: PulseResult[]; minimum: number; isOn: boolean }> {
      const { minimum, enabled } = settings().adoption.pulse;
      const rounds = await pulseRows.rounds(db, roundsShown);
      const now = clock.now();
      return { results: rounds.map((round) => resultOf(round, { now, minimum })), minimum, isOn: enabled };
    },
  };
}

/** From 0 to below 1; the same whoever computes it, and another one in another quarter. */
function shareOf(quarter: string, personId: string): number {
  return createHash('sha256').update(`${quarter}:${personId}`).digest().readUInt32BE(0) / 2 ** 32;
}
