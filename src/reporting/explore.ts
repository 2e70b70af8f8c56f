import { stringify } from 'csv-stringify/sync';
import { readMetricsAsk } from '../domain/figures/ask';
import { type Definition, definitionOf, figureIds } from '../domain/figures/definitions';
import { spanOf, weekAfter } from '../domain/figures/week';
import type { FigureValue, WeekFigures } from '../domain/figures/week-figures';
import { sayValue } from '../domain/figures/wording';
import type { Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import { teamScope } from './adoption';
import type { Digest } from './digest';

export type MetricsAnswer =
  | { kind: 'weeks'; weeks: WeekFigures[]; how: boolean; page: number }
  | { kind: 'file'; said: string }
  | { kind: 'unknown-team'; name: string; known: string[] };

export interface ExploreDeps {
  clock: Clock;
  settings(): Settings;
  digest: Pick<Digest, 'preview'>;
  /** Brings a file to one person. @throws Failure */
  bring(slackId: string, file: { name: string; title: string; content: string }): Promise<void>;
}

/** Answers questions about figures: of whole weeks, months and quarters, the last one first, and of the one under way. */
export function createExplore({ clock, settings, digest, bring }: ExploreDeps) {
  return {
    /** @throws Failure */
    async ask({ slackId, text }: { slackId: string; text: string }): Promise<MetricsAnswer> {
      const { team, unit, count, isCurrent, how, page, file } = readMetricsAsk(text);
      const { teams, workspace } = settings();
      const known = teams.find(({ name }) => name.toLowerCase() === team?.toLowerCase());
      if (team !== undefined && !known) {
        return { kind: 'unknown-team', name: team, known: teams.map(({ name }) => name) };
      }
      const scope = known ? teamScope(known.name) : 'all';
      const current = spanOf(unit, clock.now(), workspace.timeZone);
      const last = isCurrent ? current : weekAfter(current, -1);
      const found: WeekFigures[] = [];
      for (let back = 0; back < count; back += 1) found.push(await digest.preview(weekAfter(last, -back), scope));
      if (!file) return { kind: 'weeks', weeks: found, how, page };
      const content = file === 'csv' ? figuresCsv(found) : `${JSON.stringify(found.map(forExport), undefined, 2)}\n`;
      await bring(slackId, { name: `figures-${last.name}.${file}`, title: `Figures up to ${last.name}`, content });
      return {
        kind: 'file',
        said: count === 1 ? `the ${isCurrent ? 'current' : 'last'} ${unit}` : `${count} ${unit}s`,
      };
    },
  };
}

/** Without people. */
function forExport({ thanks: _thanks, ...week }: WeekFigures) {
  return week;
}

/** One figure a line. Times in ms, totals in minutes; a cell that a spreadsheet would take for a formula is made harmless. */
export function figuresCsv(weeks: readonly WeekFigures[]): string {
  const rows = weeks.flatMap((week) =>
    figureIds.flatMap((id) => {
      const value = week.figures[id];
      const { title }: Definition = definitionOf(id, week.unit);
      if (!value) return [];
      const { count, n, middle, p90 } = cellsOf(value);
      return [[week.week, week.scope, id, title, value.kind, count, n, middle, p90, sayValue(value)]];
    }),
  );
  const head = ['week', 'scope', 'figure', 'title', 'kind', 'count', 'n', 'median or mean', 'p90', 'said'];
  return stringify([head, ...rows], { escape_formulas: true });
}

function cellsOf(value: FigureValue): { count?: number; n?: number; middle?: number; p90?: number } {
  switch (value.kind) {
    case 'count':
      return { count: value.count };
    case 'share':
      return { count: value.hits, n: value.n };
    case 'total':
      return { count: value.total, n: value.n };
    case 'mean':
      return { n: value.n, middle: value.mean };
    case 'spread':
      return { n: value.n, middle: value.median, p90: value.p90 };
  }
}
