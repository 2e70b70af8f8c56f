import type { RequestAnswer } from '../domain/request-wish';
import { buttons } from './buttons';
import { rowOf } from './feedback';
import { type Message, sentence } from './message';
import { words } from './mrkdwn';

/** The same as a message: who has just rated can say why, and need not. */
export function renderRequestAnswer(answer: RequestAnswer): Message {
  const message = sentence(sayRequestAnswer(answer));
  if (answer.kind !== 'rated') return message;
  const why = buttons.explainRating.element({ id: answer.requestId }, { about: `request ${answer.number}` });
  return { ...message, blocks: [...message.blocks, ...rowOf([why])] };
}

/** What a person is told in private about what they wished of a request: kind, and with what to do now. */
export function sayRequestAnswer(answer: RequestAnswer): string {
  switch (answer.kind) {
    case 'asked':
      return answer.isDirect
        ? `Your request #${answer.number} is with the team. I have written to you directly; it goes on there.`
        : `Your request #${answer.number} is with the team. It goes on in its thread.`;
    case 'no-such':
      return `There is no request ${words(answer.number, 20)}. Nothing was changed; the number stands in the headline of each request.`;
    case 'rated':
      return `Thank you, ${answer.score} of 5 is noted. Another number changes it.`;
    case 'explained':
      return 'Thank you. Your words are with the team, and only there.';
    case 'refused':
      return refusal(answer);
  }
}

function refusal({ number, because, name, team, isPrivate }: Extract<RequestAnswer, { kind: 'refused' }>): string {
  const it = `Request #${number}`;
  switch (because) {
    case 'taken':
      return `${name ? words(`@${name}`, 60) : 'A teammate'} was a moment quicker and has request #${number} already. Its menu (⋯) hands it over.`;
    case 'yours-already':
      return `${it} is yours already.`;
    case 'over':
      return `${it} is over already. If there is more to do, write in its thread, or press *Reopen* on its card.`;
    case 'not-rated':
      return `Please rate request #${number} first: 1 to 5, in its thread.`;
    case 'not-over':
      return `${it} is not solved, so it need not be opened again.`;
    case 'not-over-yet':
      return `${it} is not solved yet. Solve it first; what solved it can be pinned then.`;
    case 'not-yours':
      return `That is for the person who asked. You can write in the thread of request #${number}.`;
    case 'not-team': {
      const those = team ? `the ${words(team, 60)} team and the support team` : 'the team that answers';
      return isPrivate
        ? `${it} was asked in private, so this is for ${those}. If it is yours, you can write in our direct messages; if you need the like, ask the team with a request of your own.`
        : `That is for ${those}. You can write in the thread of request #${number}.`;
    }
    case 'no-question':
      return `The clock of request #${number} stops only after a question of the team. *Write back…* asks one.`;
    case 'waits-already':
      return `${it} waits for an answer already.`;
    case 'same':
      return `${it} is like that already; nothing was changed.`;
    case 'into-itself':
      return 'A request cannot go on in itself. Please give the number of the other one.';
    case 'into-merged':
      return `That one was merged itself. Please use the request in which it goes on.`;
    case 'in-the-past':
      return 'That time is over already. Please give a later one.';
    case 'long-over':
      return `${it} was solved long ago, so this is a new request.`;
  }
}
