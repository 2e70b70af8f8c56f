import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Every rule of an alert's life, and the script by the clock that holds it: a file of this folder and the title in it. What is not
 * here is not promised.
 */
const rules: [section: string, rules: [rule: string, file: string, title: string][]][] = [
  [
    'grouping',
    [
      [
        'one cause is one incident, one post a channel, with counts here and elsewhere',
        'grouping',
        'is one post in each',
      ],
      ['each channel acknowledges and mutes for itself', 'grouping', 'an acknowledge and a mute of its own'],
      ['each channel is reminded by its own pipelines and people', 'grouping', 'is reminded of in each channel alone'],
      ['the platform’s channel has one copy of what hits several', 'grouping', 'and one for the platform'],
      ['a channel is done when its own are; the last one ends it everywhere', 'grouping', 'is over in a channel when'],
      ['the same cause joins within its window', 'grouping', 'joins within the window'],
      ['after the window it is a new incident', 'grouping', 'is a new incident after it'],
      ['what hangs on an open incident joins it', 'grouping', 'joins its alert, however much later'],
      ['partitions stand for themselves', 'grouping', 'has an alert of its own, and only its own success'],
    ],
  ],
  [
    'recovery',
    [
      ['only a run started after the failed one mends it', 'grouping', 'a run that had started before the failed one'],
      ['a new failure soon after reopens the alert', 'grouping', 'is taken up again in its thread'],
      ['later it gets an alert of its own', 'grouping', 'is left as it is after that'],
      ['a run skipped by the orchestrator is skipped, not recovered', 'closing', 'stands for what failed'],
      ['a person closes as skipped, and may take that back', 'closing', 'is open again when that is taken back'],
    ],
  ],
  [
    'what is over by itself',
    [
      ['the orchestrator’s own retry is counted only', 'grouping', 'is told nowhere and counted; its last try is told'],
      ['what was over before it was decided is told as over', 'grouping', 'is told all the same, whatever came first'],
    ],
  ],
  [
    'reminders and acknowledge',
    [
      ['at growing gaps, capped, the last one calls', 'quiet', 'is told at once, and repeated in its thread'],
      ['through working hours; urgent ones do not wait', 'quiet', 'waits for Monday morning'],
      ['on call, else the team', 'quiet', 'calls all members of a team that has nobody on call'],
      ['none while it runs again', 'quiet', 'is not repeated while it runs again'],
      ['an acknowledge runs out', 'quiet', 'runs out when nothing follows'],
      ['handed back, the gap begins anew', 'quiet', 'that is handed back'],
    ],
  ],
  [
    'quiet',
    [
      ['a muted alert hides and counts, and ends by itself', 'quiet', 'keeps reminders and stories back'],
      ['its recovery comes through', 'quiet', 'lets the recovery through'],
      ['a muted pipeline has no alert in the channel', 'mute', 'has no alert there until then'],
      ['what a mute hid is told at its end', 'mute', 'is told of in one note'],
      ['planned silence, and what came and went in it', 'maintenance', 'keeps an alert back, and at its end tells'],
      ['planned silence holds back nobody else', 'maintenance', 'holds back no pipeline outside of it'],
      ['people plan silence from Slack, and end it', 'maintenance', 'is ended by a person, and then all of it is told'],
      ['freezes are planned silence', 'maintenance', 'holds for a freeze as well'],
      ['flapping is told once, until it is calm', 'flapping', 'is told so once'],
    ],
  ],
  [
    'what does not come',
    [
      [
        'a late run, with the usual time and the estimate',
        'late',
        'is told with what runs now and when that will be ready',
      ],
      ['late and failed are one alert', 'late', 'that then fails is the same alert, red'],
      ['a source that falls silent', 'silence', 'is told once to the platform’s people'],
      ['a connection that cannot be polled', 'silence', 'is told after five minutes with the last fault'],
    ],
  ],
  [
    'who hears',
    [
      ['a subscribed channel, with the reason on the alert', 'subscriptions', 'names the subscription as the reason'],
      ['never twice in one channel', 'subscriptions', 'gets one post where the alert is routed there anyway'],
      [
        'a follower once, when it is back in every partition',
        'subscriptions',
        'is told when its last partition is back',
      ],
    ],
  ],
  [
    'delivery',
    [
      ['a storm is one card at once, then alerts at the pace', 'storm', 'gets one card at once'],
      ['what happened while an alert waited is one reply', 'storm', 'is one reply under it'],
      [
        'a post that is not taken is parked, told, and sent again by a person',
        'parked',
        'comes when an operator sends it again',
      ],
      ['a refused form is sent plainly', 'parked', 'comes at once in a plain form'],
    ],
  ],
  [
    'the whole',
    [
      [
        'what happened and when people pressed decide the end, not the order of arrival',
        'order',
        'stands and is shown the same in the end',
      ],
    ],
  ],
];

const textOf = (file: string): string => readFileSync(join(__dirname, `${file}.test.ts`), 'utf8');

describe.each(rules)('by the clock: %s', (_section, each) => {
  it.each(each)('%s', (_rule, file, title) => {
    expect(textOf(file)).toContain(title);
  });
});

it('every script is in the list of rules', () => {
  const scripts = readdirSync(__dirname).map((name) => name.replace('.test.ts', ''));
  const named = new Set(rules.flatMap(([, each]) => each.map(([, file]) => file)));
  expect(scripts.filter((name) => name !== 'rules' && !named.has(name))).toEqual([]);
});
