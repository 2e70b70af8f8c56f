import type { ModalView } from '@slack/types';
import type {
  ChannelDigest,
  DigestAnswer,
  DigestChoice,
  DigestKeepers,
  DigestPlan,
  DigestRefusal,
  Schedule,
} from '../../domain/figures/digest-plan';
import type { WeekFigures } from '../../domain/figures/week-figures';
import { isTimeZone, weekdays } from '../../domain/settings';
import { dialogs, type Place } from '../dialogs';
import { type Filled, type FormErrors, modal, saying, selectField, textField, timeField } from '../form';
import { context, type Message, section, sentence } from '../message';
import { code, sayDate, words } from '../mrkdwn';
import { type DigestContext, renderDigest } from './summary';

export const digestTitle = 'Weekly digest';

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

const dayName = (weekday: Schedule['weekday']): string => dayNames[weekdays.indexOf(weekday)] ?? weekday;
const sayScope = (scope: string): string =>
  scope === 'all' ? 'the organisation' : `team ${words(scope.replace(/^team:/, ''), 60)}`;
const sayWhen = ({ weekday, time, timeZone }: Schedule): string =>
  `${dayName(weekday)} at ${time} (${words(timeZone, 60)})`;
const sayPlan = (plan: Pick<DigestPlan, 'scope'> & Schedule): string =>
  `the digest of ${sayScope(plan.scope)}, every ${sayWhen(plan)}`;

/** Which digest a channel gets, and when. Submitting it shows what that comes to. */
export function renderDigestForm(
  digest: ChannelDigest,
  { origin, place }: { origin: string; place: Place },
): ModalView {
  const { channel, channelName, file, chosen, inForce, scopes } = digest;
  const text = dialogs.digestForm.encode({ origin, channel, place });
  if (text === undefined) return saying(digestTitle, ['That is too long for a dialog of Slack.']);
  const schedule = inForce ?? digest.usual;
  const name = `#${words(channelName, 80)}`;
  const whose =
    chosen && chosen.choice.kind !== 'file' ? `as ${words(chosen.by ?? 'somebody', 60)} chose` : 'as pitcrew.yaml says';
  const choices = [
    { value: 'file', text: 'As pitcrew.yaml says', description: file ? sayPlan(file) : 'none in this channel' },
    ...scopes.map((scope) => ({
      value: scope,
      text: scope === 'all' ? 'The whole organisation' : `Team ${scope.replace(/^team:/, '')}`,
    })),
    { value: 'none', text: 'No digest in this channel' },
  ];
  const initial = chosen && chosen.choice.kind !== 'file' ? (inForce?.scope ?? 'none') : 'file';
  return modal({
    title: digestTitle,
    blocks: [
      section(`${name} gets ${inForce ? sayPlan(inForce) : 'no digest'}, ${whose}.`),
      selectField({ name: 'audience', label: 'Digest of' }, choices, initial),
      selectField(
        { name: 'day', label: 'Day' },
        weekdays.map((value) => ({ value, text: dayName(value) })),
        schedule.weekday,
      ),
      timeField(
        { name: 'time', label: 'Hour', hint: 'At least two hours after the end of the week that it is about.' },
        schedule.time,
      ),
      textField(
        {
          name: 'zone',
          label: 'Time zone',
          hint: 'Such as Europe/Berlin. Weeks themselves are those of the organisation.',
        },
        { initial: schedule.timeZone, max: 60 },
      ),
      context(
        'Day, hour and zone count where you choose whose digest it is. Nothing is changed yet: the next view shows it as it would be posted.',
      ),
    ],
    submit: 'Preview',
    carries: { id: dialogs.digestForm.id, text },
  });
}

/** What was filled in, or why it cannot be that. Never throws. */
export function readDigestForm({
  audience,
  day,
  time,
  zone,
}: Filled): { ok: true; value: { choice: DigestChoice } } | { ok: false; errors: FormErrors } {
  if (audience === 'file' || audience === 'none') return { ok: true, value: { choice: { kind: audience } } };
  const weekday = weekdays.find((each) => each === day);
  const errors: FormErrors = {
    ...(audience === undefined ? { audience: 'Please choose whose digest it is.' } : {}),
    ...(weekday === undefined ? { day: 'Please choose a day.' } : {}),
    ...(time === undefined ? { time: 'Please choose an hour.' } : {}),
    ...(zone === undefined || !isTimeZone(zone)
      ? { zone: 'I know no such zone. Its name is that of the IANA list, such as Europe/Berlin or America/New_York.' }
      : {}),
  };
  if (audience === undefined || weekday === undefined || time === undefined || zone === undefined || errors.zone)
    return { ok: false, errors };
  return { ok: true, value: { choice: { kind: 'plan', scope: audience, weekday, time, timeZone: zone } } };
}

/** What the choice comes to, with the digest as it would be posted now, for a yes. */
export function renderDigestPreview(
  of: {
    origin: string;
    channel: string;
    channelName: string;
    choice: DigestChoice;
    /** That would then be in force. */
    plan?: DigestPlan;
    next?: Date;
    week?: WeekFigures;
    place: Place;
  },
  names: DigestContext,
): ModalView {
  const { origin, choice, plan, next, week, place, channel } = of;
  const text = dialogs.digest.encode({ origin, channel, choice, place });
  if (text === undefined) return saying(digestTitle, ['That is too long for a dialog of Slack.']);
  const name = `#${words(of.channelName, 80)}`;
  const said = plan
    ? `${name} will get ${sayPlan(plan)}, ${choice.kind === 'file' ? 'as pitcrew.yaml says' : 'whatever pitcrew.yaml says'}.${next ? ` The next one: ${sayDate(next, plan.timeZone)}.` : ''}`
    : choice.kind === 'file'
      ? `${name} will get no digest, as pitcrew.yaml says.`
      : `${name} will get no digest any more, whatever pitcrew.yaml says. This dialog turns it on again.`;
  return modal({
    title: digestTitle,
    blocks: [
      section(said),
      ...(week
        ? [
            context('The last whole week, as it would be posted now:'),
            { type: 'divider' as const },
            ...looked(week, names),
          ]
        : []),
    ],
    submit: plan ? 'Save' : 'No digest here',
    carries: { id: dialogs.digest.id, text },
  });
}

/** The digest alone, to look at. */
export function renderDigestLook(week: WeekFigures, names: DigestContext): ModalView {
  return modal({
    title: digestTitle,
    blocks: [context('The last whole week, as it would be posted now. Only you see this.'), ...looked(week, names)],
  });
}

/** As in a channel, without what is pressed there. */
function looked(week: WeekFigures, names: DigestContext): ModalView['blocks'] {
  return renderDigest(week, names).blocks.filter(({ type }) => type !== 'actions');
}

/** Why nothing can be chosen. */
export function sayDigestRefusal(refusal: DigestRefusal, command: string): string {
  switch (refusal.kind) {
    case 'no-channel':
      return `A digest is for a channel. Type ${code(`${command} digest`)} in the one that it is for.`;
    case 'not-invited':
      return `I am not in this channel, so nothing that I post would arrive. Invite me (${code('/invite @Pitcrew')}), then ask again.`;
    case 'unknown-team':
      return `pitcrew.yaml names no ${sayScope(refusal.scope)} any more. Nothing was changed.`;
    case 'not-allowed':
      return `${whoMay(refusal)} may choose the digest of this channel. Ask one of them; ${code(`${command} digest preview`)} shows it to you.`;
  }
}

function whoMay({ crew, teams, operators }: DigestKeepers): string {
  const own = [...new Set([...teams, ...(crew ? [crew] : [])])].map((team) => `team ${words(team, 60)}`);
  return ['Only', [...own.map((team) => `people of ${team}`), operators].join(' or ')].join(' ');
}

/** What came of a choice, for the one who made it. */
export function renderDigestAnswer(said: DigestAnswer, { command }: { command: string }): Message {
  const back = `To change that: ${code(`${command} digest`)}`;
  switch (said.kind) {
    case 'set':
      return sentence(
        `This channel gets ${sayPlan(said.plan)}. The next one: ${sayDate(said.next, said.plan.timeZone)}. ${back}.`,
      );
    case 'off':
      return sentence(`This channel gets no digest any more. ${back}.`);
    case 'as-file':
      return sentence(
        said.plan
          ? `This channel gets ${sayPlan(said.plan)}, as pitcrew.yaml says.${said.next ? ` The next one: ${sayDate(said.next, said.plan.timeZone)}.` : ''} ${back}.`
          : `This channel gets no digest, as pitcrew.yaml says. ${back}.`,
      );
    default:
      return sentence(sayDigestRefusal(said, command));
  }
}
