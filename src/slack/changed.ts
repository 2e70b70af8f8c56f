import type { ChangedBefore } from '../domain/change';
import { sayDuration } from './duration';
import { words } from './mrkdwn';
import { type NameOf, whoQuietly } from './people';

/**
 * "🔧 14 min before it broke: version 12 was put in force by @dana": what is worth a look, not what is to blame. Calls nobody.
 *
 * @param noteMax characters of what somebody noted about it
 */
export function sayChanged(changed: ChangedBefore, nameOf: NameOf | undefined, noteMax: number): string {
  const { change, beforeMs, more } = changed;
  const by = change.by ? ` by ${whoQuietly(change.by, nameOf)}` : '';
  const others = more > 0 ? `, after ${more} more ${more === 1 ? 'change' : 'changes'}` : '';
  return `🔧 ${sayDuration(beforeMs)} before it broke: ${sayChange(changed, noteMax)}${by}${others}`;
}

const changeVerbs = {
  deployed: 'was deployed',
  version: 'was pushed',
  activated: 'was put in force',
  settings: 'was set',
} as const;

function sayChange({ change, upstream }: ChangedBefore, noteMax: number): string {
  const feeder = upstream === undefined ? undefined : `${words(upstream, 40)}, which feeds it,`;
  const { kind, version, commit, note } = change;
  const what = version ? `version ${words(version, 40)}` : commit ? `commit ${words(commit, 12)}` : undefined;
  if (what !== undefined) return `${what}${feeder === undefined ? '' : ` of ${feeder}`} ${changeVerbs[kind]}`;
  const own = kind === 'settings' ? 'its settings were changed' : 'it was changed';
  return `${feeder === undefined ? own : `${feeder} was changed`}${note ? ` (${words(note, noteMax)})` : ''}`;
}
