import type { ModalView } from '@slack/types';
import type { PipelineRef } from '../domain/pipeline';
import type { OfferedVersion, VersionList } from '../domain/version-list';
import { dialogs, type Place } from './dialogs';
import { type Choice, type Filled, type FormErrors, modal, saying, selectField } from './form';
import { limits } from './limits';
import { context, section } from './message';
import { code, cut, isUserId, sayDate, words } from './mrkdwn';
import { sayUnclear, type Unclear } from './unclear';

export const redeployTitle = 'Redeploy';

/** What is known of a name that was typed. */
export type VersionsAnswer =
  | ({ kind: 'found'; pipeline: PipelineRef; label: string } & VersionList)
  | Unclear
  | { kind: 'not-able'; label: string; connection: string; why: string };

/** The versions of a pipeline to choose from, or why there are none. Never throws. */
export function renderRedeployForm(
  answer: VersionsAnswer,
  of: { place: Place; command: string; timeZone: string },
): ModalView {
  const { command, place } = of;
  if (answer.kind === 'not-able')
    return saying(redeployTitle, [
      `${words(answer.label, 150)} runs in ${words(answer.connection, 80)}, which I cannot ask to put another version in force.`,
      `${words(answer.why, 400)} I say in its alerts what changed before something broke.`,
    ]);
  if (answer.kind !== 'found') return saying(redeployTitle, [sayUnclear(answer, command, 'redeploy')]);
  const { pipeline, label, versions, more, inForce, before } = answer;
  const name = words(label, 150);
  const typed = code(`${command} redeploy ${pipeline.key} `.concat(before ?? versions.at(-1)?.version ?? '11'), 200);
  const offered = versions.filter(({ version }) => version.length <= limits.option.value);
  if (offered.length === 0)
    return saying(redeployTitle, [
      `${words(pipeline.connection, 80)} tells me of no version of ${name}, so there is none to choose from.`,
      `Do you know the one that is wanted? Name it: ${typed}`,
    ]);
  if (offered.every(({ version }) => version === inForce))
    return saying(redeployTitle, [
      `${name} has one version, ${words(inForce ?? '', 60)}, and it is in force: there is none to go back to.`,
      'To run it again, retry a run of it. A new version is pushed the way your team does.',
    ]);
  const text = dialogs.redeploy.encode({
    ...pipeline,
    ...(inForce === undefined ? {} : { inForce }),
    place,
  });
  if (text === undefined) return saying(redeployTitle, ['That name is too long for a dialog of Slack.']);
  return modal({
    title: redeployTitle,
    blocks: [
      section(
        inForce === undefined
          ? `*${name}*: as far as I know, none of its versions is in force.`
          : `*${name}* has version ${words(inForce, 60)} in force.`,
      ),
      selectField(
        { name: 'version', label: 'Version to put in force', hint: 'Runs that are started from then on take it.' },
        offered.map((each) => choiceOf(each, answer, of.timeZone)),
        before,
      ),
      ...(more > 0 ? [context(`${more} older ones are not listed. Name one of them: ${typed}`)] : []),
      context('Nothing is changed yet: the next view shows what it would change, and how to undo that.'),
    ],
    submit: 'Show the plan',
    carries: { id: dialogs.redeploy.id, text },
  });
}

/** "12 · in force now · 24 Nov 2026, 10:05 CET · dana", and of what it was made. */
function choiceOf({ version, at, by, note, commit }: OfferedVersion, list: VersionList, timeZone: string): Choice {
  const mark = version === list.inForce ? 'in force now' : version === list.before ? 'the one before' : undefined;
  const who = by && (isUserId(by) ? 'a teammate' : by);
  const description = [commit && `commit ${commit.slice(0, 8)}`, note].filter(Boolean).join(' · ');
  return {
    value: version,
    text: [cut(version, 20), mark, sayDate(at, timeZone), who].filter(Boolean).join(' · '),
    ...(description ? { description } : {}),
  };
}

/** What was chosen, or why it cannot be that. Never throws. */
export function readRedeployForm(
  { version }: Filled,
  { inForce }: { inForce?: string },
): { ok: true; value: { version: string } } | { ok: false; errors: FormErrors } {
  if (version === undefined) return { ok: false, errors: { version: 'Please choose one.' } };
  if (version === inForce)
    return { ok: false, errors: { version: `Version ${version} is in force already. Please choose another.` } };
  return { ok: true, value: { version } };
}
