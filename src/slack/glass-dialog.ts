import type { ModalView } from '@slack/types';
import { dialogs, type Place } from './dialogs';
import { type Filled, modal, saying, textField } from './form';
import { section } from './message';
import { words } from './mrkdwn';
import { policyWords } from './wording';

export const glassTitle = 'Break glass';
const reasonMax = 500;

/** The reason for going over a freeze or a missing yes: everybody hears it. */
export const reasonField = textField(
  {
    name: 'reason',
    label: 'Why it cannot wait',
    hint: 'Told in the thread and in the channel of the platform team, with your name.',
  },
  { multiline: true, max: reasonMax },
);

/** Asks for the reason; nothing happens before it is given. */
export function renderGlass(of: { id: string; what: string; place: Place }): ModalView {
  const text = dialogs.glass.encode({ id: of.id, place: of.place });
  if (text === undefined)
    return saying(glassTitle, ['This cannot be shown here. Please use the newest message about it.']);
  return modal({
    title: glassTitle,
    blocks: [
      section(
        `*${words(of.what, 200)}* waits for a second person. Break the glass, and it is done at once without their yes. That stands in the audit trail, and everybody hears of it.`,
      ),
      reasonField,
    ],
    submit: glassTitle,
    carries: { id: dialogs.glass.id, text },
  });
}

/** For those who may not, with what to do instead. */
export function renderGlassRefusal(whoMay: string): ModalView {
  return saying(glassTitle, [
    `🚫 This is for ${policyWords(whoMay)}.`,
    'Nothing was changed. Ask one of them, or somebody who may approve it.',
  ]);
}

export function readGlass(filled: Filled) {
  const { reason } = filled;
  return reason === undefined
    ? { ok: false as const, errors: { reason: 'Please say why it cannot wait.' } }
    : { ok: true as const, reason };
}
