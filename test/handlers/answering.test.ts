import { tell } from '../../handlers/answering';
import { createLogger } from '../../src/lib/logger';
import { section } from '../../src/slack/message';

const message = { text: 'All of it in words.', blocks: [section('All of it.')] };
const refused = (statusCode: number) => Object.assign(new Error(`refused with ${statusCode}`), { statusCode });

describe('an answer', () => {
  it.each([
    { title: 'taken', answers: [undefined], sent: [1], told: true },
    {
      title: 'refused as it is, and is said in words alone',
      answers: [refused(400), undefined],
      sent: [1, 0],
      told: true,
    },
    { title: 'refused in words too', answers: [refused(400), refused(400)], sent: [1, 0], told: false },
    { title: 'for an address that is used up', answers: [refused(404)], sent: [1], told: false },
    { title: 'lost on its way', answers: [new Error('reset')], sent: [1], told: false },
  ])('that is $title: told $told', async ({ answers, sent, told }) => {
    const blocks: number[] = [];
    const respond = async (given: object) => {
      blocks.push('blocks' in given && Array.isArray(given.blocks) ? given.blocks.length : 0);
      const answer = answers[blocks.length - 1];
      if (answer) throw answer;
    };
    const answering = { ack: async () => undefined, respond, log: createLogger('silent') };
    expect(await tell(answering, message)).toBe(told);
    expect(blocks).toEqual(sent);
  });
});
