import { peopleCalledIn, readWritten } from '../../src/domain/written';

const nameOf = (id: string) => (id === 'U0SAM' ? 'sam' : undefined);

describe('what somebody wrote in Slack', () => {
  it.each([
    { title: 'escaped characters', wire: 'a &lt; b &amp;&amp; c &gt; d', read: 'a < b && c > d' },
    { title: 'what only looks escaped, once', wire: '&amp;lt;b&amp;gt;', read: '&lt;b&gt;' },
    { title: 'a person we know', wire: 'Hi <@U0SAM>!', read: 'Hi @sam!' },
    { title: 'a person we do not know, by the label', wire: '<@U0MEI|mei> and <@W0X>', read: '@mei and @someone' },
    { title: 'channels', wire: '<#C0ORDERS|orders-data>, <#C0SECRET>', read: '#orders-data, a channel' },
    { title: 'a group', wire: '<!subteam^S0ON|@on-call> <!subteam^S0X>', read: '@on-call @a group' },
    { title: 'everybody', wire: '<!here> <!channel|channel>', read: '@here @channel' },
    { title: 'an address', wire: '<https://x.example/a?b=1&amp;c=2>', read: 'https://x.example/a?b=1&c=2' },
    { title: 'an address that is its own label', wire: '<https://x.example|x.example>', read: 'https://x.example' },
    { title: 'a link with words', wire: '<https://x.example/7|the report>', read: 'the report (https://x.example/7)' },
    { title: 'mail', wire: '<mailto:a@x.example|a@x.example>', read: 'a@x.example' },
    { title: 'a date', wire: '<!date^1796033899^{date}|30 Nov 2026>', read: '30 Nov 2026' },
    { title: 'brackets that are nothing of Slack', wire: 'x <y> z', read: 'x <y> z' },
  ])('reads $title', ({ wire, read }) => expect(readWritten(wire, nameOf)).toBe(read));

  it('calls each person once', () => {
    expect(peopleCalledIn('<@U0SAM> <@U0MEI|mei> <@U0SAM> <#C0X>')).toEqual(['U0SAM', 'U0MEI']);
  });
});
