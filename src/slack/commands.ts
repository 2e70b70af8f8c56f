import { distance } from 'fastest-levenshtein';
import { unescapeText } from '../domain/written';
import { plain } from './mrkdwn';

/** What can be typed after the command. The parser, the help and the nearest match read this one list. `changes`: it is stored before it is acked. */
export const subcommands = [
  {
    name: 'status',
    changes: false,
    usage: 'status [pipeline]',
    does: 'how the pipelines of this channel are, or one of them in detail',
    examples: ['status', 'status orders_daily', 'status orders_daily share'],
  },
  {
    name: 'impact',
    changes: false,
    usage: 'impact <pipeline>',
    does: 'what waits for it: pipelines, tables and dashboards downstream, as a picture and as a list, with their owners',
    examples: ['impact orders_daily', 'impact orders_daily share'],
  },
  {
    name: 'backfill',
    changes: false,
    usage: 'backfill <pipeline> [days]',
    does: 'opens a form: which days or partitions to run, what of them, in which order; then the plan, and only then your yes',
    examples: [
      'backfill orders_daily',
      'backfill orders_daily last 7 days',
      'backfill orders_daily 2026-11-01..2026-11-05',
    ],
  },
  {
    name: 'ask',
    changes: false,
    usage: 'ask <pipeline>',
    does: 'asks the data team for help with it; its newest failed run is filled in already',
    examples: ['ask orders_daily'],
  },
  {
    name: 'feedback',
    changes: true,
    usage: 'feedback [words]',
    does: 'what would make your work easier, or what went well; without words it opens a form',
    examples: ['feedback please let me retry one step alone'],
  },
  {
    name: 'subscribe',
    changes: true,
    usage: 'subscribe <pipeline or pattern> [tag:x] [owner:y] [tier:1]',
    does: 'alerts of these pipelines come to this channel as well',
    examples: ['subscribe orders_daily', 'subscribe orders_* tag:finance tier:1'],
  },
  {
    name: 'unsubscribe',
    changes: true,
    usage: 'unsubscribe <the same>',
    does: 'undoes that',
    examples: ['unsubscribe orders_* tag:finance tier:1'],
  },
  {
    name: 'subscriptions',
    changes: false,
    usage: 'subscriptions [page]',
    does: 'what this channel has subscribed to, what is muted in it and what you follow, and how to undo each',
    examples: ['subscriptions', 'subscriptions 2'],
  },
  {
    name: 'follow',
    changes: true,
    usage: 'follow <pipeline>',
    does: 'one direct message to you when a pipeline that is down is back',
    examples: ['follow orders_daily'],
  },
  {
    name: 'unfollow',
    changes: true,
    usage: 'unfollow <pipeline>',
    does: 'undoes that',
    examples: ['unfollow orders_daily'],
  },
  {
    name: 'mute',
    changes: true,
    usage: 'mute <pipeline> [2h | until 18:00 | tomorrow]',
    does: 'no alerts of it in this channel until then (2 hours where no time is given, 7 days at most), and then a word on what was hidden',
    examples: ['mute orders_daily', 'mute orders_daily until 18:00', 'mute orders_daily until mon 09:00'],
  },
  {
    name: 'unmute',
    changes: true,
    usage: 'unmute <pipeline>',
    does: 'undoes that',
    examples: ['unmute orders_daily'],
  },
  {
    name: 'auto',
    changes: false,
    usage: 'auto',
    does: 'what I retry by myself, who allowed it, and how to stop it',
    examples: ['auto'],
  },
  {
    name: 'maintenance',
    changes: true,
    usage: 'maintenance [<pipeline or pattern> [tag:x] for 2h [because …] | end <the same>]',
    does: 'planned silence in every channel until then, and then a word on what was hidden; alone it lists what is planned',
    examples: ['maintenance', 'maintenance orders_* for 2h because migration', 'maintenance end orders_*'],
  },
  {
    name: 'retry',
    changes: false,
    usage: 'retry <pipeline>',
    does: 'the plan for its newest failed run: what would run again, how long it takes and what waits; nothing happens before you say so',
    examples: ['retry orders_daily'],
  },
  {
    name: 'start',
    changes: false,
    usage: 'start <pipeline> [name=value …]',
    does: 'the plan for a new run of it, with these parameters; nothing happens before you say so',
    examples: ['start orders_daily', 'start orders_daily full=true'],
  },
  {
    name: 'redeploy',
    changes: false,
    usage: 'redeploy <pipeline> [version]',
    does: 'its versions to choose from, or the plan to put that one in force: what it changes and who pushed that; nothing happens before you say so',
    examples: ['redeploy orders_daily', 'redeploy orders_daily 11'],
  },
  {
    name: 'pause',
    changes: false,
    usage: 'pause <pipeline>',
    does: 'the plan to hold its schedule or triggers, so that nothing starts it by itself; nothing happens before you say so',
    examples: ['pause orders_daily'],
  },
  {
    name: 'resume',
    changes: false,
    usage: 'resume <pipeline>',
    does: 'undoes that',
    examples: ['resume orders_daily'],
  },
  {
    name: 'actions',
    changes: false,
    usage: 'actions',
    does: 'what is under way or waits for a second person, in this channel or asked for by you',
    examples: ['actions'],
  },
  {
    name: 'bulk',
    changes: true,
    usage: 'bulk [off <reason> | on]',
    does: 'how the switch for all bulk work stands and what it holds; operators pause all of it, and let it go on',
    examples: ['bulk', 'bulk off warehouse upgrade', 'bulk on'],
  },
  {
    name: 'digest',
    changes: false,
    usage: 'digest [preview]',
    does: 'opens a form: whose weekly digest this channel gets, on which day, at which hour, or none; preview shows it to you alone',
    examples: ['digest', 'digest preview'],
  },
  {
    name: 'audit',
    changes: false,
    usage: 'audit [pipeline] [@person] [since] [page] [csv]',
    does: 'who changed what and what became of it: what you did, all about a pipeline of yours, or (operators) everything; csv brings a file',
    examples: ['audit', 'audit orders_daily 7d', 'audit orders_daily @dana csv'],
  },
  {
    name: 'parked',
    changes: false,
    usage: 'parked [page]',
    does: 'for operators: what could not be posted, and why; send it again or drop it',
    examples: ['parked', 'parked 2'],
  },
  {
    name: 'metrics',
    changes: false,
    usage: 'metrics [team] [last 8 weeks | last month | this week] [how] [csv | json]',
    does: 'the figures of the last whole week, or of several; with how each is computed, or as a file',
    examples: ['metrics', 'metrics orders how', 'metrics last quarter', 'metrics last 8 weeks csv'],
  },
  { name: 'help', changes: false, usage: 'help', does: 'this list', examples: ['help'] },
] as const;
export type SubcommandName = (typeof subcommands)[number]['name'];

/** Typed last, it shows the answer to the whole channel instead of the asker alone. */
export const shareWord = 'share';

export type Typed =
  | { name: SubcommandName; rest: string; share: boolean }
  | { name: 'empty' }
  | { name: 'unknown'; word: string; rest: string; nearest?: SubcommandName };

/** Reads what was typed after the command. Never throws. */
export function parseTyped(text: string): Typed {
  const typed = asRead(text);
  if (typed === '') return { name: 'empty' };
  const [first = '', ...others] = typed.split(' ');
  const known = subcommands.find(({ name }) => name === first.toLowerCase());
  if (!known) return { name: 'unknown', word: first, rest: others.join(' '), nearest: nearestTo(first) };
  const share = others.length > 0 && others.at(-1)?.toLowerCase() === shareWord;
  const rest = (share ? others.slice(0, -1) : others).join(' ');
  return { name: known.name, rest: unquoted(rest), share };
}

/** What the person sees in the box: `<#C1|orders>` is `#orders`, `<@U1|dana>` is `@dana`, a made link is its words; entities undone. */
function asRead(text: string): string {
  const shown = text.replace(
    /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g,
    (_token, sign: string, id: string, label?: string) =>
      sign === '!' ? '' : `${label === undefined || label.startsWith(sign) ? '' : sign}${label ?? id}`,
  );
  return plain(unescapeText(shown));
}

/** Phones put curly quotes round names. */
function unquoted(text: string): string {
  return text.replace(/^["'“”‘’„`]+|["'“”‘’„`]+$/g, '').trim();
}

/** At most two letters wrong, missing, too many; so that a pipeline's name is seldom taken for a sub-command. */
function nearestTo(word: string): SubcommandName | undefined {
  const typed = word.toLowerCase().slice(0, 40);
  const [best] = subcommands
    .map(({ name }) => ({ name, apart: distance(typed, name) }))
    .sort((a, b) => a.apart - b.apart);
  return best && best.apart <= 2 ? best.name : undefined;
}
