import {
  code,
  cut,
  date,
  fence,
  link,
  mention,
  plain,
  preformatted,
  preformattedLines,
  sayDate,
  webAddress,
  words,
} from '../../src/slack/mrkdwn';
import fc from '../support/fast-check';

/** What people, logs and tables may bring along. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<!channel>',
        '<!here>',
        '<!everyone>',
        '<@U0123ABCD>',
        '<!subteam^S0123>',
        '<#C0123>',
        '<https://evil.example|your bank>',
        '<!date^1^{date}|x>',
        '&lt;!channel&gt;',
        '&amp;lt;!here&amp;gt;',
        '&',
        '<',
        '>',
        '|',
        '`',
        '```',
        '*bold*',
        '_it_',
        '~no~',
        '\n> ',
        '\u202e',
        '\u2066',
        '\u0000',
        '\u001b[31m',
        '👩‍👩‍👧‍👦',
        '🔴',
        '\ud83d',
        'orders_daily',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));
const max = fc.integer({ min: 1, max: 200 });

/** Nothing but our entities may start with these. */
function isDead(text: string): boolean {
  return !/[<>]/.test(text) && !/&(?!(?:amp|lt|gt);)/.test(text);
}

describe('text from outside', () => {
  it('never pings, links or marks anything, and stays within its limit', () => {
    fc.assert(
      fc.property(hostile, max, (text, most) => {
        const said = words(text, most);
        expect(isDead(said)).toBe(true);
        expect(said.length).toBeLessThanOrEqual(most);
        expect(said).not.toMatch(/\p{Cs}/u);
        expect(said).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
        expect(said).not.toMatch(/(?<![\u2060\p{L}\p{N}])[*_~`]/u);
      }),
    );
  });

  it('cannot get out of inline code', () => {
    fc.assert(
      fc.property(hostile, max, (text, most) => {
        const said = code(text, most + 10);
        expect(said.startsWith('`') && said.endsWith('`')).toBe(true);
        expect(said.slice(1, -1)).not.toMatch(/[`\n]/);
        expect(isDead(said)).toBe(true);
        expect(said.length).toBeLessThanOrEqual(Math.max(most + 10, '`(empty)`'.length));
      }),
    );
  });

  it('cannot get out of a block of code', () => {
    fc.assert(
      fc.property(hostile, max, (text, most) => {
        const said = preformatted(text, most + 20);
        expect(said.split('```')).toHaveLength(3);
        expect(isDead(said)).toBe(true);
        expect(said.length).toBeLessThanOrEqual(Math.max(most + 20, fence('').length));
      }),
    );
  });

  it('makes no other link than the one meant, whatever label and address hold', () => {
    fc.assert(
      fc.property(hostile, hostile, (label, path) => {
        const said = link(`https://runs.example/${path}`, label);
        const token = /^<https:\/\/runs\.example\/[^<>|\s`]*\|[^<>|]*>$/;
        expect(token.test(said) || isDead(said)).toBe(true);
      }),
    );
  });

  it('is cut between characters, never inside an entity or a token', () => {
    fc.assert(
      fc.property(hostile, max, (text, most) => {
        const whole = `${words(text, 10_000)} <@U0123ABCD> &amp;&lt;&gt; <https://runs.example|run> 🔴`;
        const said = cut(whole, most);
        expect(said.length).toBeLessThanOrEqual(most);
        expect(said).not.toMatch(/\p{Cs}/u);
        expect(said.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
        expect(said).not.toMatch(/&(?!(?:amp|lt|gt);)/);
      }),
    );
  });
});

describe('cut', () => {
  it.each([
    { title: 'leaves alone what fits', text: 'abc', max: 3, cut: 'abc' },
    { title: 'shortens a little text by a sign', text: 'abcdef', max: 4, cut: 'abc…' },
    { title: 'keeps entities whole', text: 'ab&amp;cd', max: 6, cut: 'ab…' },
    { title: 'keeps emoji whole', text: '🔴🔴🔴', max: 4, cut: '🔴…' },
    { title: 'has nothing to say in no room', text: 'abc', max: 0, cut: '' },
  ])('$title', ({ text, max: most, cut: expected }) => expect(cut(text, most)).toBe(expected));

  it('says how much is missing', () => {
    expect(cut('x'.repeat(1_300), 100)).toMatch(/^x+… 1,2\d\d more characters$/);
  });
});

describe('names', () => {
  it.each(['orders_daily', 'dim_customer_v2', 'etl.orders-daily', 'Umsätze täglich', '注文_日次', 'a/b:c@d'])(
    'of an ordinary kind stay as they are: %s',
    (name) => expect(words(name)).toBe(name),
  );
});

describe('plain', () => {
  it.each([
    { title: 'takes colour codes out', text: '\u001b[31;1mred\u001b[0m alert', plain: 'red alert' },
    { title: 'takes direction overrides out', text: 'pay\u202eload', plain: 'payload' },
    { title: 'makes one line', text: 'a\r\n\tb\u2028c', plain: 'a b c' },
    { title: 'drops half characters', text: 'a\ud83db', plain: 'ab' },
    { title: 'keeps joined emoji', text: '👩‍👩‍👧‍👦', plain: '👩‍👩‍👧‍👦' },
  ])('$title', ({ text, plain: expected }) => expect(plain(text)).toBe(expected));
});

describe('a log', () => {
  it('keeps its lines and indentation', () => {
    expect(preformattedLines('Traceback:\r\n  File "a.py" <b>\n\tx & y')).toEqual([
      'Traceback:',
      '  File "a.py" &lt;b&gt;',
      '\tx &amp; y',
    ]);
  });
});

describe('a link', () => {
  it.each([
    {
      title: 'carries the address',
      url: 'https://a.example/x?b=1&c=2',
      expected: '<https://a.example/x?b=1&amp;c=2|run>',
    },
    { title: 'loses names and passwords', url: 'https://me:secret@a.example/', expected: '<https://a.example/|run>' },
    {
      title: 'encodes what would end it',
      url: 'https://a.example/a|b>c',
      expected: '<https://a.example/a%7Cb%3Ec|run>',
    },
    { title: 'is words only for other schemes', url: 'javascript:alert(1)', expected: 'run' },
    { title: 'is words only for what is no address', url: 'run 7', expected: 'run' },
    { title: 'is words only when there is none', url: undefined, expected: 'run' },
    { title: 'is words only when it is too long', url: `https://a.example/${'x'.repeat(3_000)}`, expected: 'run' },
  ])('$title', ({ url, expected }) => expect(link(url, 'run')).toBe(expected));

  it('has the same address on a button', () => {
    expect(webAddress('https://me:secret@a.example/x?b=1&c=2')).toBe('https://a.example/x?b=1&c=2');
  });
});

describe('a date', () => {
  const at = new Date('2026-11-18T08:14:00Z');
  it('is shown in the reader’s zone, and names its zone where it cannot be', () => {
    expect(date(at, 'Europe/Berlin')).toBe(
      '<!date^1795076040^{date_short_pretty} at {time}|18 Nov 2026, 09:14 CET>'.replace(
        '1795076040',
        String(at.getTime() / 1000),
      ),
    );
  });
  it.each([
    { zone: 'America/New_York', said: '18 Nov 2026, 03:14 GMT-5' },
    { zone: 'Asia/Kolkata', said: '18 Nov 2026, 13:44 GMT+5:30' },
    { zone: 'Mars/Olympus', said: '18 Nov 2026, 08:14 UTC' },
  ])('reads $said in $zone', ({ zone, said }) => expect(sayDate(at, zone)).toBe(said));
});

describe('a mention', () => {
  it.each([
    { id: 'UDANA', said: '<@UDANA>' },
    { id: '<@UDANA|dana>', said: '<@UDANA>' },
    { id: 'SORDERS', said: '<!subteam^SORDERS>' },
    { id: '<!subteam^SORDERS|@orders>', said: '<!subteam^SORDERS>' },
    { id: '<!channel>', said: '&lt;!channel&gt;' },
    { id: 'here', said: 'here' },
  ])('of $id is $said', ({ id, said }) => expect(mention(id)).toBe(said));
});
