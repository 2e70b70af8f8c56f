import { buttons } from './buttons';
import { actions, type Message, section } from './message';

/** What erasing comes to, and the button that does it. */
export function renderForgetMe(slackId: string): Message {
  const said =
    'I can erase what you wrote in requests for help and as feedback, ratings included, and what leads from the records of Pitcrew to you. Open requests of yours are ended. That changes were made, and when, stays in the audit trail and in the figures, under an id that leads to nobody. Messages in Slack stay; those are for Slack to delete.';
  const button = buttons.forgetMe.element(
    { slackId },
    {
      about: 'everything that you wrote in requests and feedback',
      style: 'danger',
      confirm: {
        title: 'Erase your data?',
        text: 'Your words in requests and feedback are erased for good, and open requests end. It cannot be undone.',
        confirm: 'Erase it',
        deny: 'Keep it',
      },
    },
  );
  return { text: said, blocks: [section(said), ...(button ? [actions([button])] : [])] };
}
