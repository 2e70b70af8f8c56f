import type { ModalView } from '@slack/types';
import type { PulseResult } from '../domain/pulse';
import { buttons, pulseScores } from './buttons';
import { dialogs, type Place } from './dialogs';
import { rowOf } from './feedback';
import { modal, saying, textField } from './form';
import { context, header, type Message, section, sectionsOf, sentence } from './message';
import { code, sayDate, words } from './mrkdwn';

export const pulseTitle = 'Your answer';

/** Below this the counts say it, and a share would only seem exact. */
const fewForShare = 20;
const wordsShown = 20;

/** The one question of the quarter. Never throws. */
export function renderPulse(quarter: string): Message {
  const asked = 'How well does the data team, with Pitcrew, help you to get your work done?';
  const scale = '1 is not at all, 5 is very well.';
  const foot = `One question, at most once a quarter (${words(quarter, 20)}). Who said what is shown to nobody.`;
  return {
    text: `${asked} ${scale} ${foot}`,
    blocks: [
      section(`*${asked}*\n${scale}`),
      ...rowOf(pulseScores.map((button) => button.element({ quarter }, { about: 'how well we help' }))),
      context(foot),
      ...rowOf([buttons.unwanted.element({ what: 'pulse' }, { about: 'questions of the quarter' })]),
    ],
  };
}

/** A word to the answer; it counts without. */
export function renderPulseForm({ quarter, place }: { quarter: string; place: Place }): ModalView {
  const text = dialogs.explainPulse.encode({ quarter, place });
  if (text === undefined) return saying(pulseTitle, ['This cannot be shown here.']);
  return modal({
    title: pulseTitle,
    blocks: [
      section('Your answer counts as it is. If you like, say what would make it better.'),
      textField(
        {
          name: 'words',
          label: 'What you want to add',
          hint: 'The team reads it without your name, once the round is over.',
        },
        { multiline: true, max: 1_000 },
      ),
    ],
    submit: 'Send',
    carries: { id: dialogs.explainPulse.id, text },
  });
}

/** For the team: the newest rounds. Never throws. */
export function renderPulseResults(
  { results, minimum, isOn }: { results: PulseResult[]; minimum: number; isOn: boolean },
  timeZone: string,
): Message {
  if (results.length === 0)
    return sentence(
      isOn
        ? 'Nobody has been asked yet. The round of this quarter begins by itself, in working hours.'
        : `The question of the quarter is off. ${code('adoption.pulse.enabled')} in the settings turns it on.`,
    );
  const lines = results.map((result) => sayResult(result, minimum, timeZone));
  const said = results[0]?.shown?.words ?? [];
  const more = said.length - wordsShown;
  return {
    text: lines.map((line) => line.replaceAll('*', '')).join('\n'),
    blocks: [
      header('How well we help'),
      ...sectionsOf(lines, '\n\n'),
      ...(said.length > 0
        ? sectionsOf([
            '*What people added, in no order*',
            ...said.slice(0, wordsShown).map((each) => `> ${words(each, 400)}`),
          ])
        : []),
      ...(more > 0 ? [context(`… and ${more} more`)] : []),
      context(
        `One answer a person, 1 to 5. Nothing is shown while a round goes on, or of fewer than ${minimum} answers, so that nobody can tell who said what.`,
      ),
    ],
  };
}

function sayResult(
  { quarter, asked, answered, closesAt, shown }: PulseResult,
  minimum: number,
  timeZone: string,
): string {
  const rate = asked >= 5 ? ` (${Math.round((answered / asked) * 100)} %)` : '';
  const lead = `*${words(quarter, 20)}*: ${answered} of ${asked} asked have answered${rate}`;
  if (!shown)
    return answered < minimum
      ? `${lead}. Too few to show what they said; ${minimum} are needed.`
      : `${lead}. What they said is shown after ${sayDate(closesAt, timeZone)}.`;
  const share = answered >= fewForShare ? ` (${Math.round((shown.satisfied / answered) * 100)} %)` : ' (small sample)';
  const counts = shown.counts.map((count, index) => `${index + 1}: ${count}`).join(', ');
  return `${lead}. ${shown.satisfied} of ${answered} said 4 or 5${share}; median ${shown.median}; ${counts}`;
}
