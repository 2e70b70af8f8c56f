import type { Overflow } from '@slack/types';
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

/** All that the team does with a request besides answering it; nothing when its id cannot be carried. */
export function requestMenu(id: string): Overflow | undefined {
  const options = requestParts.flatMap((part) => {
    const value = buttons.requestMenu.encode({ id, part });
    if (value === undefined || value.length > limits.option.value) return [];
    return [{ text: { type: 'plain_text' as const, text: cut(parts[part].entry, limits.option.text) }, value }];
  });
  return options.length > 0 ? { type: 'overflow', action_id: buttons.requestMenu.id, options } : undefined;
}
