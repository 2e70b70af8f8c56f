import type { Actor } from '../domain/actor';
import type { DigestChoice, DigestPlan, DigestRefusal } from '../domain/figures/digest-plan';
import { weekAfter, weekOf } from '../domain/figures/week';
import type { WeekFigures } from '../domain/figures/week-figures';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Db } from '../store/db';
import { namesOfPeople } from '../store/figure-rows';
import type { Digest } from './digest';
import type { DigestPlans } from './digest-plans';

export interface DigestLookDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  plans: Pick<DigestPlans, 'all' | 'would'>;
  digest: Pick<Digest, 'preview'>;
}

interface Look {
  week: WeekFigures;
  /** By surrogate id; who was erased has none. */
  nameOf(personId: string): string | undefined;
}

/** The digest as it would be posted now, about the last whole week. Nothing is kept or posted. */
export function createDigestLook({ db, clock, settings, plans, digest }: DigestLookDeps) {
  async function look(scope: string): Promise<Look> {
    const week = await digest.preview(weekAfter(weekOf(clock.now(), settings().workspace.timeZone), -1), scope);
    const people = week.thanks.map(({ personId }) => personId);
    const names = await namesOfPeople(db, people);
    return { week, nameOf: (personId) => names.get(personId) };
  }

  return {
    /** Of the channel; where it has none, of the organisation. */
    async preview({ channel }: { channel: string }): Promise<Look> {
      const plan = (await plans.all()).find((each) => each.channel === channel);
      return look(plan?.scope ?? 'all');
    },

    /** What a choice would come to, with the digest that it would lead to. */
    async would(wish: {
      actor: Actor;
      channel: string;
      choice: DigestChoice;
    }): Promise<
      | ({ kind: 'would'; channelName: string; plan?: DigestPlan; next?: Date } & Partial<Look> & Pick<Look, 'nameOf'>)
      | DigestRefusal
    > {
      const answer = await plans.would(wish);
      if (answer.kind !== 'would') return answer;
      return { ...answer, nameOf: () => undefined, ...(answer.plan ? await look(answer.plan.scope) : {}) };
    },
  };
}
