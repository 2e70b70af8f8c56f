import { entryTitle, renderEntryForm } from '../../src/slack/asked-often';
import { buttons } from '../../src/slack/buttons';
import { saying } from '../../src/slack/form';
import { onOpening } from '../dialog';

const notForThem = 'That is for the team that answers. You can tell them with *Give feedback* on the Home tab.';

/** For the team: the draft of an entry for a runbook. */
export const writeEntry = onOpening(buttons.writeEntry, {
  title: entryTitle,
  meanwhile: 'Reading what was asked and what helped…',
  async show({ value, actor, place, services }) {
    if (!services.requests.isTeam(actor)) return { view: saying(entryTitle, [notForThem]), outcome: 'not-allowed' };
    const draft = await services.requests.draft(value.group);
    if (!draft)
      return { view: saying(entryTitle, ['The words of these requests are gone by now.']), outcome: 'user-error' };
    return { view: renderEntryForm(draft, { group: value.group, place }) };
  },
});
