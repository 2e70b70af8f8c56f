import { dialogs } from '../../src/slack/dialogs';
import {
  digestTitle,
  readDigestForm,
  renderDigestPreview,
  sayDigestRefusal,
} from '../../src/slack/digest/settings-form';
import { saying } from '../../src/slack/form';
import { onForm } from '../dialog';

/** Whose digest, and when; it leads on to the digest as it would be posted. */
export const digestForm = onForm(dialogs.digestForm, {
  title: digestTitle,
  meanwhile: 'Counting the last week…',
  read: (filled) => readDigestForm(filled),
  place: ({ place }) => place,
  async show({ actor, services, value: { choice, carried } }) {
    const { origin, channel, place } = carried;
    const answer = await services.digests.would({ actor, channel, choice });
    if (answer.kind !== 'would')
      return {
        view: saying(digestTitle, [sayDigestRefusal(answer, services.commands.pipeline)]),
        outcome: answer.kind === 'not-allowed' ? 'not-allowed' : 'user-error',
      };
    const { nameOf, kind: _kind, ...of } = answer;
    return { view: renderDigestPreview({ ...of, origin, channel, choice, place }, { nameOf }) };
  },
});
