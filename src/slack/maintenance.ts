import type { Planned } from '../domain/maintenance';
import type { MaintenanceAnswer, MaintenanceFlaw } from '../domain/maintenance-wish';
import { context, header, type Message, sectionsOf, sentence, sentences } from './message';
import { code, date, mention, sayDate, words } from './mrkdwn';
import type { SubscriptionContext } from './subscriptions';
import { listOf, policyWords } from './wording';

const linesShown = 20;

/** What people have planned, with how to end each. Never throws. */
export function renderMaintenanceList(planned: Planned[], { command, timeZone }: SubscriptionContext): Message {
  const typed = (rest: string) => code(`${command} ${rest}`, 260);
  const example = `${typed('maintenance orders_* for 2h because migration')} plans some`;
  const shown = planned.slice(0, linesShown);
  const why = ({ reason }: Planned) => (reason === undefined ? '' : ` · ${words(reason, 120)}`);
  const lines = shown.map(
    (each) =>
      `${code(each.wording, 220)} until ${date(each.until, timeZone)} · by ${mention(each.by)}${why(each)} · end: ${typed(`maintenance end ${each.wording}`)}`,
  );
  const more = planned.length > shown.length ? [`and ${planned.length - shown.length} more, which end later`] : [];
  const said = planned.length
    ? listOf(
        planned
          .slice(0, 5)
          .map((each) => `${code(each.wording, 120)} until ${sayDate(each.until, timeZone)}${why(each)}`),
        planned.length,
      )
    : 'nothing by people';
  return {
    text: sentences([`Planned silence: ${said}`, planned.length > 0 ? undefined : example]).replaceAll('`', ''),
    blocks: [
      header('Planned silence'),
      ...sectionsOf(planned.length > 0 ? [...lines, ...more] : [`Nothing is planned by people. ${example}.`]),
      context('It holds in every channel. What pitcrew.yaml plans (noise.maintenance, freezes) is not in this list.'),
    ],
  };
}

/** What came of a wish to plan silence, with how to undo it. Never throws. */
export function renderMaintenance(answer: MaintenanceAnswer, asker: SubscriptionContext): Message {
  return sentence(sayMaintenance(answer, asker));
}

function sayMaintenance(answer: MaintenanceAnswer, { command, timeZone }: SubscriptionContext): string {
  const typed = (rest: string) => code(`${command} ${rest}`, 260);
  switch (answer.kind) {
    case 'planned': {
      const { wording, reason, until, fits, names, before } = answer;
      const was = before ? ` (before: by ${mention(before.by)} until ${sayDate(before.until, timeZone)})` : '';
      const shown = names.map((name) => words(name, 80));
      return sentences([
        `Silence is planned for ${code(wording, 220)} in every channel until ${sayDate(until, timeZone)}${was}${reason === undefined ? '' : `: ${words(reason, 120)}`}`,
        fits === 0
          ? 'No pipeline that I know fits so far'
          : `${fits} ${fits === 1 ? 'pipeline fits' : 'pipelines fit'} now: ${listOf(shown, fits)}`,
        'New alerts of them wait until then and are not repeated; I will say what came and went. Alerts that stand stay as they are',
        `To end it: ${typed(`maintenance end ${wording}`)}`,
      ]);
    }
    case 'ended':
      return sentences([
        `The silence for ${code(answer.wording, 220)} is over`,
        'What still fails gets its alert now, and what came and went is told in its channels',
      ]);
    case 'not-planned':
      return sentences([
        answer.asked === ''
          ? `Please say which, for example ${typed('maintenance end orders_*')}`
          : `Nobody has planned silence for ${code(answer.asked, 120)}`,
        answer.have.length > 0
          ? `Planned: ${listOf(
              answer.have.slice(0, 5).map((each) => code(each, 120)),
              answer.have.length,
            )}`
          : 'Nothing is planned by people',
      ]);
    case 'not-allowed':
      return sentences([
        `${code(answer.wording, 120)} is not only of pipelines of your team`,
        `Silence for others may be planned by ${policyWords(answer.whoMay)}`,
        `For this channel alone you can use ${typed('mute <pipeline> 2h')}`,
      ]);
    case 'unknown-pipeline':
      return sentences([
        `I know no pipeline named ${code(answer.asked, 120)}`,
        answer.didYouMean.length > 0
          ? `Did you mean ${answer.didYouMean.map((name) => code(name, 120)).join(' or ')}?`
          : `A pattern such as ${code('orders_*')} may be used too`,
      ]);
    case 'unclear':
      return sayFlaw(answer.flaw, typed);
  }
}

function sayFlaw(flaw: MaintenanceFlaw, typed: (rest: string) => string): string {
  const example = `for example ${typed('maintenance orders_* for 2h because migration')} or ${typed('maintenance orders_* until 18:00')}`;
  switch (flaw.flaw) {
    case 'no-name':
    case 'empty':
      return `Please say for which pipelines, ${example}.`;
    case 'no-time':
      return flaw.word === ''
        ? `Please say until when, ${example}.`
        : `I cannot read ${code(flaw.word, 80)} as a time; ${example}.`;
    case 'past':
      return `${code(flaw.word, 80)} is over already; ${example}.`;
    case 'too-long':
      return 'At most 7 days can be planned so; longer ones belong in noise.maintenance of pitcrew.yaml.';
    case 'unknown-filter':
    case 'bad-value':
      return `I cannot read ${code(flaw.word, 120)}. I know ${code('tag:x')}, ${code('owner:x')} and ${code('tier:1')}; ${example}.`;
  }
}
