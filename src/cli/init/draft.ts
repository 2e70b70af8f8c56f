import { stringify } from 'yaml';

/** What the questions gave: names of channels as `#name`, ids of user groups. */
export interface Answers {
  timeZone: string;
  defaultChannel?: string;
  platformChannel?: string;
  teams: { name: string; channel?: string; usergroup?: string }[];
  admins?: string;
  support?: { channel: string; triageChannel?: string; team?: string };
  digestChannel?: string;
  /** `keys` beside name and kind; secrets as `${NAME}`. */
  orchestrators: { name: string; kind: string; keys: Record<string, unknown> }[];
  /** File names of the catalogue, from the folder of pitcrew.yaml. */
  catalogue: string[];
}

/** A pipeline that an orchestrator told of, and the team it seems to belong to. */
export interface FoundPipeline {
  key: string;
  title?: string;
  team?: string;
}

/** pitcrew.yaml: what was answered, with a word on each part, and where the rest is written down. Pure. */
export function draftSettings(answers: Answers): string {
  const { timeZone, defaultChannel, platformChannel, teams, admins, support, digestChannel, orchestrators } = answers;
  const part = (words: string, value: Record<string, unknown>): string[] => [
    `# ${words}`,
    stringify(value, { lineWidth: 0 }),
  ];
  const sections = [
    part('When the people here work: Monday to Friday, 9 to 18, unless workingHours says otherwise.', {
      workspace: { timeZone },
    }),
    orchestrators.length > 0
      ? part('The orchestrators to talk to. Each ${NAME} is a variable of the environment.', {
          orchestrators: orchestrators.map(({ name, kind, keys }) => ({ name, kind, ...keys })),
        })
      : ['# orchestrators: none yet; docs/adapters.md tells the keys of each kind.', ''],
    answers.catalogue.length > 0
      ? part('What is known of single pipelines: team, tier, deadline, runbook …', { catalogue: answers.catalogue })
      : [],
    teams.length > 0
      ? part('Who owns pipelines, and where each team is told.', {
          teams: teams.map(({ name, channel, usergroup }) => ({
            name,
            ...(channel ? { channel } : {}),
            ...(usergroup ? { members: { usergroup } } : {}),
          })),
        })
      : [],
    part('Where alerts go that no route and no team takes.', {
      ...(defaultChannel ? { defaultChannel } : {}),
      ...(platformChannel ? { platformChannel } : {}),
    }),
    admins
      ? part('Who may do everything. Without rules, members of the owning team may retry and stop.', {
          policies: { roles: { admin: { usergroup: admins } } },
        })
      : [],
    support
      ? part('Where people ask for help, and where the team works on it.', {
          support: {
            channels: [support.channel],
            ...(support.triageChannel ? { triageChannel: support.triageChannel } : {}),
            ...(support.team ? { team: support.team } : {}),
          },
        })
      : [],
    digestChannel ? part('The weekly digest.', { digest: { channel: digestChannel, at: 'mon 09:00' } }) : [],
  ];
  const head = [
    '# yaml-language-server: $schema=docs/pitcrew.schema.json',
    '# Every other key, with examples: pitcrew.example.yaml and docs/configuration.md. After a change: pitcrew doctor, then SIGHUP.',
    '',
  ];
  return [...head, ...sections.filter((lines) => !isEmpty(lines)).flat()].join('\n');
}

const isEmpty = (lines: string[]): boolean => lines.length === 0 || lines[1] === '{}\n';

/** A file of the catalogue: what seems to be a team's stands, the rest waits to be filled in. Pure. */
export function draftCatalogue(connection: string, pipelines: readonly FoundPipeline[]): string {
  const entry = ({ key, title, team }: FoundPipeline) => {
    const facts = { pipeline: key, orchestrator: connection, ...(title ? { title } : {}), ...(team ? { team } : {}) };
    return `- ${stringify(facts, { lineWidth: 0, collectionStyle: 'flow' }).trim()}`;
  };
  const owned = pipelines.filter(({ team }) => team);
  const others = pipelines.filter(({ team }) => !team);
  return [
    `# Pipelines of ${connection}. More keys: team, owner, tags, tier, environment, schedule, deadline, runbook, repository, tests, feeds.`,
    ...(owned.length > 0 ? owned.map(entry) : ['[]']),
    ...(others.length > 0
      ? [
          '# Nobody’s yet: give them a team and take the # away.',
          ...others.map((each) => `# ${entry({ ...each, team: '?' })}`),
        ]
      : []),
    '',
  ].join('\n');
}

/** The team whose name stands in the key or the owner: `orders` has `orders_daily`, not `reorders`. */
export function likelyTeam(
  facts: { key: string; owner?: string; team?: string; tags?: readonly string[] },
  teams: readonly string[],
): string | undefined {
  const words = (text: string) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const own = [facts.team, facts.owner, ...(facts.tags ?? [])].flatMap((text) => (text ? [text.toLowerCase()] : []));
  const named = teams.find((team) => own.includes(team.toLowerCase()));
  if (named) return named;
  const fitting = teams.filter((team) => words(team).every((word) => words(facts.key).includes(word)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Words of a group's name that do not tell it from others. */
const usualWords = ['team', 'group', 'data', 'eng', 'engineers', 'oncall'];

/** The channel that seems to be a team's: of its name, else the shortest that has the name's first telling word. */
export function likelyChannel<T extends { name: string }>(team: string, channels: readonly T[]): T | undefined {
  const wordsOf = (name: string) => name.replace(/^#/, '').toLowerCase().split(/[-_]/);
  const telling = wordsOf(team).find((word) => !usualWords.includes(word));
  const named = channels.find(({ name }) => wordsOf(name).join('-') === wordsOf(team).join('-'));
  const fitting = channels.filter(({ name }) => telling && wordsOf(name).includes(telling));
  return named ?? fitting.sort((a, b) => a.name.length - b.name.length)[0];
}
