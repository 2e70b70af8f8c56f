import { randomUUID } from 'node:crypto';
import { digestTitle, renderDigestForm, renderDigestLook, sayDigestRefusal } from '../src/slack/digest/settings-form';
import { saying } from '../src/slack/form';
import type { Opening } from './dialog';
import type { CommandPlan } from './listen';

/** The form for the digest of the channel where somebody is; who may not choose there is told who may. */
export const choosingDigest: Opening<unknown> = {
  title: digestTitle,
  meanwhile: 'One moment…',
  async show({ actor, place, services }) {
    const found = await services.digests.of({ actor, channel: place.channel ?? 'D' });
    if (found.kind !== 'found')
      return {
        view: saying(digestTitle, [sayDigestRefusal(found, services.commands.pipeline)]),
        outcome: found.kind === 'not-allowed' ? 'not-allowed' : 'user-error',
      };
    return { view: renderDigestForm(found, { origin: randomUUID(), place }) };
  },
};

/** `/pipeline digest`, and `/pipeline digest preview`. */
export function digestOf({ rest }: { rest: string }): Extract<CommandPlan, { open: unknown }>['open'] {
  if (!/^preview$/i.test(rest.trim())) return { ...choosingDigest, what: 'pipeline digest', needs: 'acknowledge' };
  return {
    title: digestTitle,
    meanwhile: 'Counting the last week…',
    what: 'pipeline digest preview',
    needs: 'look',
    async show({ actor, place, services }) {
      const { week, nameOf } = await services.digests.preview({ actor, channel: place.channel ?? 'D' });
      return { view: renderDigestLook(week, { nameOf }) };
    },
  };
}
