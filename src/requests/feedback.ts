/**
 * Owns what people think and wish: thumbs, and what they say, which the team sorts under themes and answers. In: presses and words. Out:
 * rows that the figures and the inbox read, and one message to each who asked when it is done.
 */
import type { Actor } from '../domain/actor';
import {
  type Audience,
  type FeedbackItem,
  type FeedbackSource,
  type FeedbackStatus,
  suggestTheme,
  type ThumbSubject,
  type UnwantedMessages,
} from '../domain/feedback';
import type { Notice } from '../domain/notice';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Db, Queryable, Tx } from '../store/db';
import * as itemRows from '../store/feedback-item-rows';
import * as feedbackRows from '../store/feedback-rows';
import * as postRows from '../store/post-rows';

export interface FeedbackDeps {
  db: Db;
  clock: Clock;
  settings(): Settings;
  /** Secrets are taken out before anything is stored. */
  redact(text: string): string;
}

/** What is said of what was done, and of how much. */
export interface Doing {
  id: string;
  scope: 'item' | 'theme';
  words: string;
  link?: string;
}

export type Feedback = ReturnType<typeof createFeedback>;

const wordsMax = 3_000;
const sweptAtOnce = 50;

export function createFeedback({ db, clock, settings, redact }: FeedbackDeps) {
  /** Who hears of it, each with what of theirs it is about. */
  async function hearers(from: Queryable, doing: Pick<Doing, 'id' | 'scope'>, isLocked: boolean) {
    const items = await itemRows.toAnswer(from, doing.id, doing.scope, isLocked);
    const byPerson = new Map<string, FeedbackItem[]>();
    for (const item of items) byPerson.set(item.person, [...(byPerson.get(item.person) ?? []), item]);
    const willing = await itemRows.willing(from, [...byPerson.keys()]);
    const to = [...byPerson].flatMap(([person, own]) => {
      const known = willing.get(person);
      return known ? [{ ...known, items: own }] : [];
    });
    return { items, to, unwilling: byPerson.size - to.length };
  }

  return {
    /** @param at when it was pressed @returns false where there is nothing any more that it could be about */
    async thumb(
      tx: Tx,
      { actor, subject, isUp, at }: { actor: Actor; subject: ThumbSubject; isUp: boolean; at: Date },
    ): Promise<boolean> {
      const about = await feedbackRows.aboutOf(tx, subject);
      if (about === undefined) return false;
      await feedbackRows.saveThumb(tx, { subject, about, personId: actor.personId, isUp, at });
      return true;
    },

    /** @param said.origin the same one is kept once @returns its number */
    take: (
      tx: Tx,
      said: { actor: Actor; source: FeedbackSource; words: string; origin: string; requestId?: string },
    ): Promise<number> =>
      itemRows.add(tx, {
        ...said,
        personId: said.actor.personId,
        words: redact(said.words).slice(0, wordsMax),
        at: clock.now(),
      }),

    find: (id: string) => itemRows.find(db, id),

    /** What waits for the team, the newest first. @param page from 1 */
    waiting: ({ page, limit }: { page: number; limit: number }) =>
      itemRows.waiting(db, { limit, skip: (page - 1) * limit }),

    /** The themes there are, and the one that its words suggest while it has none. */
    async themesFor(item: FeedbackItem) {
      const themes = await itemRows.themes(db);
      const suggested = item.theme ? undefined : suggestTheme(item.words, themes);
      return {
        themes: themes.map(({ id, name }) => ({ id, name })),
        ...(suggested ? { suggested: suggested.id } : {}),
      };
    },

    /** @returns its number; nothing where it is gone */
    async sort(
      tx: Tx,
      wish: { id: string; status: FeedbackStatus; themeId?: string; newTheme?: string },
    ): Promise<number | undefined> {
      const item = await itemRows.find(tx, wish.id, true);
      if (!item) return undefined;
      const now = clock.now();
      const themeId = wish.newTheme ? await itemRows.themeNamed(tx, redact(wish.newTheme), now) : wish.themeId;
      await itemRows.sort(tx, { id: wish.id, status: wish.status, at: now, ...(themeId ? { themeId } : {}) });
      return item.number;
    },

    /** To whom it would go. */
    async audience(doing: Pick<Doing, 'id' | 'scope'>): Promise<Audience> {
      const { items, to, unwilling } = await hearers(db, doing, false);
      return { to: to.map(({ name }) => name), unwilling, items: items.length };
    },

    /** It is done: each who asked is told once, in one message whatever they asked, unless they do not want that. */
    async answer(
      tx: Tx,
      { actor, ...doing }: Doing & { actor: Actor },
    ): Promise<{ items: number; told: number; unwilling: number } | { already: number } | undefined> {
      const own = await itemRows.find(tx, doing.id, true);
      if (!own) return undefined;
      const { items, to, unwilling } = await hearers(tx, doing, true);
      if (items.length === 0) return { already: own.number };
      const now = clock.now();
      const told = to.flatMap((each) => each.items.map(({ id }) => id));
      await itemRows.markDone(
        tx,
        items.map(({ id }) => id),
        told,
        now,
      );
      for (const { slackId, items: theirs } of to) {
        const notice: Notice = {
          kind: 'you-asked',
          at: now,
          by: actor.slackId,
          items: theirs.map(({ id }) => id),
          say: redact(doing.words),
          ...(doing.link ? { url: doing.link } : {}),
        };
        await postRows.addNote(tx, { channel: slackId, notice }, now);
      }
      return { items: items.length, told: to.length, unwilling };
    },

    want: (tx: Tx, actor: Actor, what: UnwantedMessages, isOff: boolean) =>
      itemRows.want(tx, actor.personId, what, isOff, clock.now()),

    erase: (tx: Tx, actor: Actor) => itemRows.erase(tx, actor.personId),

    /** Words are kept no longer than those of requests. */
    async sweep(): Promise<number> {
      const before = new Date(clock.now().getTime() - settings().support.keepWordsDays * 86_400_000);
      await db.transaction((tx) => itemRows.forgetWords(tx, before, sweptAtOnce));
      return 0;
    },
  };
}
