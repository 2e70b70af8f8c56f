import { Command } from 'commander';
import { spanNamed, spanOf, type Unit, type Week, weekAfter, weekNamed } from '../domain/figures/week';
import type { WeekFigures } from '../domain/figures/week-figures';
import type { Settings } from '../domain/settings';
import { systemClock } from '../lib/clock';
import { createLogger } from '../lib/logger';
import { teamScope } from '../reporting/adoption';
import { createCounters } from '../reporting/counters';
import { createDigest } from '../reporting/digest';
import { figuresCsv } from '../reporting/explore';
import { createFigures } from '../reporting/figures';
import { createRollups } from '../reporting/rollups';
import { createTimetable } from '../requests/timetable';
import { drawCharts } from '../slack/pictures/charts';
import { namesOfPeople } from '../store/figure-rows';
import { withDatabase } from './database';
import { asHtml, asJson, asMarkdown, asText } from './digest/forms';
import { CommandFailed, type Io, UsageFault } from './io';
import { readConfiguration } from './settings';

interface Options {
  week?: string;
  month?: string | true;
  quarter?: string | true;
  team?: string;
  dryRun?: boolean;
  json?: boolean;
  markdown?: boolean;
  html?: boolean;
  csv?: boolean;
}

export function digestCommand(io: Io): Command {
  return new Command('digest')
    .description('Print the weekly digest as it was posted, or as it would be now; posts nothing.')
    .option('--week <week>', 'the ISO week, such as 2026-W47; the last whole one where left out')
    .option('--month [month]', 'a calendar month instead, such as 2026-10; the last whole one where nothing follows')
    .option(
      '--quarter [quarter]',
      'a calendar quarter instead, such as 2026-Q3; the last whole one where nothing follows',
    )
    .option('--team <name>', 'of one team of pitcrew.yaml, instead of the organisation')
    .option('--dry-run', 'print only; this command never posts, so it changes nothing')
    .option('--json', 'every figure with its definition and n, and the identities that must balance')
    .option('--markdown', 'as Markdown')
    .option('--html', 'as a page that prints as one slide, charts included, with all figures behind it')
    .option('--csv', 'one figure a line')
    .action(async (options: Options) => {
      const forms = [options.json, options.markdown, options.html, options.csv].filter(Boolean);
      if (forms.length > 1) throw new UsageFault('Choose one of --json, --markdown, --html and --csv.');
      const { config, settings } = await readConfiguration(io);
      const week = weekIn(options, settings);
      const scope = scopeIn(options.team, settings);
      const log = createLogger(io.env.LOG_LEVEL ? config.logLevel : 'warn', io.stderr);
      await withDatabase({ config, log }, async (db) => {
        const deps = { db, clock: systemClock, log, settings: () => settings };
        // Nobody is looked up in Slack from here: people whom only a tool knows are counted once the running Pitcrew has met them.
        const rollups = createRollups({ ...deps, meet: async () => false });
        const nothing = () => Promise.reject(new CommandFailed('Nothing is posted from the command line.'));
        const digest = createDigest({
          ...deps,
          rollups,
          figures: createFigures({
            ...deps,
            timetable: () => createTimetable(deps).read(db),
            counters: createCounters(deps),
          }),
          plans: async () => [],
          draw: nothing,
          uploadFile: nothing,
        });
        const figures = await digest.preview(week, scope);
        const names = await namesOfPeople(
          db,
          figures.thanks.map(({ personId }) => personId),
        );
        io.stdout.write(await formOf(figures, options, (personId) => names.get(personId)));
      });
    });
}

async function formOf(
  figures: WeekFigures,
  { json, markdown, html, csv }: Options,
  nameOf: (personId: string) => string | undefined,
): Promise<string> {
  if (json) return asJson(figures);
  if (markdown) return asMarkdown(figures, nameOf);
  if (csv) return figuresCsv([figures]);
  if (html) return asHtml(figures, nameOf, await drawCharts(figures));
  return asText(figures, nameOf);
}

/** @throws UsageFault */
function weekIn({ week, month, quarter }: Options, { workspace: { timeZone } }: Settings): Week {
  const asked = Object.entries({ week, month, quarter }).filter(([, name]) => name !== undefined);
  if (asked.length > 1) throw new UsageFault('Choose one of --week, --month and --quarter.');
  const [unit, name] = (asked[0] ?? ['week', true]) as [Unit, string | true];
  if (name === true) return weekAfter(spanOf(unit, systemClock.now(), timeZone), -1);
  const found = unit === 'week' ? weekNamed(name.trim(), timeZone) : spanNamed(name.trim(), timeZone);
  if (found?.unit === unit) return found;
  const [kind, example] = {
    week: ['ISO week', '2026-W47'],
    month: ['month', '2026-10'],
    quarter: ['quarter', '2026-Q3'],
  }[unit];
  throw new UsageFault(`"${name}" is no ${kind}: write it as ${example}.`);
}

/** @throws UsageFault */
function scopeIn(team: string | undefined, { teams }: Settings): string {
  if (team === undefined) return 'all';
  const known = teams.find(({ name }) => name.toLowerCase() === team.trim().toLowerCase());
  if (!known) throw new UsageFault(`pitcrew.yaml names no team "${team}".`);
  return teamScope(known.name);
}
