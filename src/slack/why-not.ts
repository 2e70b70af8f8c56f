import type { ModalView } from '@slack/types';
import type { Missing } from '../domain/ability';
import type { PipelineRef } from '../domain/pipeline';
import { saying } from './form';
import { words } from './mrkdwn';

export const whyNotTitle = 'What cannot be done';

/** Why buttons that people look for are not there, and what to do instead. Never throws. */
export function renderWhyNot({ pipeline, missing }: { pipeline: PipelineRef; missing: readonly Missing[] }): ModalView {
  const what = `*${words(pipeline.key, 120)}* in ${words(pipeline.connection, 80)}`;
  if (missing.length === 0)
    return saying(whyNotTitle, [
      `Nothing is missing for ${what} any more: the next change of its alert brings the buttons.`,
    ]);
  return saying(whyNotTitle, [`With ${what}, Pitcrew cannot do this:`, ...sayMissing(missing)]);
}

/** One line for each reason: "*Retry, Backfill*: dbt Cloud …". */
export function sayMissing(missing: readonly Missing[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, why } of missing) byReason.set(why, [...(byReason.get(why) ?? []), name]);
  return [...byReason].map(([why, names]) => `*${names.join(', ')}*: ${words(why, 400)}`);
}
