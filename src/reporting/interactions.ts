import type { Interaction } from '../domain/interaction';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Db } from '../store/db';
import { addInteraction } from '../store/interaction-rows';

export interface InteractionsDeps {
  db: Db;
  /** Makes the row of someone whom we have not met. @throws Failure */
  meet(slackId: string): Promise<unknown>;
  clock: Clock;
  log: Logger;
}

/** What people really do here, for the weekly figures. */
export function createInteractions({ db, meet, clock, log }: InteractionsDeps) {
  async function store(interaction: Interaction): Promise<void> {
    const fact = { ...interaction, tookMs: Math.max(0, Math.round(interaction.tookMs)), at: clock.now() };
    if (await addInteraction(db, fact)) return;
    await meet(interaction.slackId);
    await addInteraction(db, fact);
  }

  return {
    /** Never throws: a figure is not worth an answer. */
    async record(interaction: Interaction): Promise<void> {
      try {
        await store(interaction);
      } catch (error) {
        log.warn({ err: error, what: interaction.what }, 'interactions.not-recorded');
      }
    },
  };
}
