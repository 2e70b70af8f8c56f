import type { Overflow } from '@slack/types';
import type { RequestState } from '../domain/request';
import { buttons, type RequestPart, requestParts } from './buttons';
import { limits } from './limits';
import { cut } from './mrkdwn';

/** As the menu names it, and as its form is headed (24 characters at most). */
export const parts: Record<RequestPart, { entry: string; title: string }> = {
  give: { entry: 'Hand over or move…', title: 'Hand over or move' },
  sort: { entry: 'Priority, category…', title: 'Priority and category' },
  link: { entry: 'Pipeline, issue, duplicate…', title: 'What it is about' },
  later: { entry: 'Snooze…', title: 'Snooze' },
  note: { entry: 'Follow-ups, private note…', title: 'Follow-ups and notes' },
};

/** What there is still to do with a request that is over. */
export const partsAfterwards: readonly RequestPart[] = ['link', 'note'];
const entryAfterwards: Partial<Record<RequestPart, string>> = { link: 'Pipeline, issue, category…' };

/** All that the team does with a request besides answering it; nothing when its id cannot be carried. */
export function requestMenu(id: string, state: RequestState = 'open'): Overflow | undefined {
  const isOver = state === 'solved';
  const options = (isOver ? partsAfterwards : requestParts).flatMap((part) => {
    const value = buttons.requestMenu.encode({ id, part });
    if (value === undefined || value.length > limits.option.value) return [];
    return [
      {
        text: {
          type: 'plain_text' as const,
          text: cut((isOver ? entryAfterwards[part] : undefined) ?? parts[part].entry, limits.option.text),
        },
        value,
      },
    ];
  });
  return options.length > 0 ? { type: 'overflow', action_id: buttons.requestMenu.id, options } : undefined;
}
