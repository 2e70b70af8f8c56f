import { readFile } from 'node:fs/promises';
import { basename, extname, relative } from 'node:path';
import type { Settings } from '../../domain/settings';
import { errorCode } from '../../lib/error-code';
import type { Finding } from '../../orchestrators/orchestrator';
import { markdownIn } from '../../requests/runbooks';

const named = 3;

/** Whether requests for help reach people who may answer them, and the runbooks can be read. Changes nothing; Slack is not asked. */
export async function checkSupport(settings: Settings): Promise<Finding[]> {
  const { support } = settings;
  const isUsed = support.channels.length > 0 || support.triageChannel !== undefined || support.team !== undefined;
  return [
    ...(isUsed ? [...checkChannel(settings), ...checkTeam(settings)] : []),
    ...(support.runbooks === undefined ? [] : await checkRunbooks(support.runbooks)),
  ];
}

function checkChannel({ support }: Settings): Finding[] {
  if (support.triageChannel !== undefined) return [];
  return [
    {
      ok: false,
      say: 'Nobody is shown what people ask: `support.triageChannel` is not set.',
      fix: 'Name the channel in which the team that answers works.',
    },
  ];
}

function checkTeam({ support, teams }: Settings): Finding[] {
  const { team: name } = support;
  if (name === undefined)
    return [{ ok: true, say: 'Everybody but guests may answer requests: `support.team` is not set.' }];
  const team = teams.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!team)
    return [{ ok: false, say: `Nobody is in the team ${name}.`, fix: 'Add it to `teams`, with its user group.' }];
  const noMembers: Finding = {
    ok: false,
    say: `Nobody may answer requests: the team ${name} has no \`members\`.`,
    fix: `Give the team ${name} a user group under \`members\`.`,
  };
  if (!team.members) return [noMembers];
  if (support.assign === 'turn')
    return [{ ok: true, say: `Requests go in turn to the ${team.onCall ? 'people on call' : 'members'} of ${name}.` }];
  return [{ ok: true, say: `Requests are answered by the members of ${name}.` }];
}

async function checkRunbooks(folder: string): Promise<Finding[]> {
  try {
    const files = await markdownIn(folder);
    if (files.length === 0)
      return [
        {
          ok: false,
          say: `The runbooks folder ${folder} has no Markdown file that can be used.`,
          fix: 'Put files that end in .md there, of at most 512 kB each, or take `support.runbooks` out.',
        },
      ];
    const texts = await Promise.all(
      files.map(async ({ path }) => ({ name: relative(folder, path), text: await readFile(path, 'utf8') })),
    );
    const empty = texts.filter(({ text }) => text.trim() === '').map(({ name }) => name);
    const bare = texts
      .filter(({ text }) => text.trim() !== '' && !/^ {0,3}#{1,6}[ \t]+\S/m.test(text))
      .map(({ name }) => name);
    return [
      { ok: true, say: `${files.length === 1 ? '1 runbook' : `${files.length} runbooks`} can be read in ${folder}.` },
      ...(empty.length > 0
        ? [{ ok: false, say: `Nothing is in ${listed(empty)}.`, fix: 'Write something there, or delete it.' }]
        : []),
      ...(bare.length > 0
        ? [
            {
              ok: false,
              say: `No headings are in ${listed(bare)}: each is one answer as a whole, found by the name ${nameOf(bare)}.`,
              fix: 'Give each thing that people ask a heading of its own.',
            },
          ]
        : []),
    ];
  } catch (error) {
    return [
      {
        ok: false,
        say: `The runbooks in ${folder} cannot be read (${errorCode(error) ?? 'unknown'}).`,
        fix: 'Correct `support.runbooks`, or let this user read the folder and its files. What was known before stays in use.',
      },
    ];
  }
}

const nameOf = ([first = '']: string[]): string => basename(first, extname(first));

function listed(names: string[]): string {
  const more = names.length - named;
  return `${names.slice(0, named).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
