import { type Definition, definitionOf, figureIds } from '../../domain/figures/definitions';
import { queryOf } from '../../domain/figures/queries';
import { isQuiet, type WeekFigures } from '../../domain/figures/week-figures';
import { changeOf, sayAlreadyPaved, sayInterval, sayValue, verdict } from '../../domain/figures/wording';
import { shownNumbers } from '../../slack/digest/summary';
import { webAddress } from '../../slack/mrkdwn';
import type { Picture } from '../../slack/pictures/canvas';

type NameOf = (personId: string) => string | undefined;

interface Line {
  group: Definition['group'];
  title: string;
  value: string;
  change: string;
  formula: string;
}

function linesOf(week: WeekFigures): Line[] {
  return figureIds.flatMap((id) => {
    const value = week.figures[id];
    const { group, title, formula }: Definition = definitionOf(id, week.unit);
    return value ? [{ group, title, value: sayValue(value), change: changeOf(id, week)?.say ?? '', formula }] : [];
  });
}

function headlineOf(week: WeekFigures): string {
  const of = week.scope === 'all' ? '' : ` of ${week.scope.replace(/^team:/, '')}`;
  return isQuiet(week) ? `${week.label}${of}: quiet ${week.unit}` : `${week.label}${of}: ${verdict(week)}`;
}

function thanked(week: WeekFigures, nameOf: NameOf): string[] {
  const known = week.thanks.flatMap(({ personId, helped }) => {
    const name = nameOf(personId);
    return name === undefined ? [] : [`${name} (${helped})`];
  });
  return known.length > 0 ? withTied(known, week.tied.thanks) : [];
}

const withTied = (lines: readonly string[], tied = 0): string[] => [...lines, ...(tied > 0 ? [`+${tied} tied`] : [])];

/** Each with the page of the pipeline or its newest failed run, as the form writes links. */
const worstOf = (
  week: WeekFigures,
  say: (name: string, address: string | undefined, rest: string) => string,
): string[] =>
  withTied(
    week.worst.top.map(
      ({ rank, name, url, failed, ended }) =>
        `${rank}. ${say(name, webAddress(url), `${failed} of ${ended} runs failed`)}`,
    ),
    week.worst.tied,
  );

/** No colour codes, no control characters: names come from outside. */
const bare = (text: string): string =>
  text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');

export function asText(week: WeekFigures, nameOf: NameOf): string {
  const lines = linesOf(week);
  const width = Math.max(0, ...lines.map(({ title }) => title.length));
  const groups = [...new Set(lines.map(({ group }) => group))];
  const thanks = thanked(week, nameOf);
  const worst = worstOf(week, (name, address, rest) => `${name}: ${rest}${address ? `  ${address}` : ''}`);
  return bare(
    [
      headlineOf(week),
      ...groups.flatMap((group) => [
        '',
        group.toUpperCase(),
        ...lines
          .filter((line) => line.group === group)
          .map(({ title, value, change }) => `  ${title.padEnd(width)}  ${value}${change ? `; ${change}` : ''}`),
      ]),
      ...(week.worst.top.length > 0 ? ['', 'MOST FAILED RUNS', ...worst.map((line) => `  ${line}`)] : []),
      '',
      'TOOLS',
      ...week.tools.map(
        ({ title, monthly, weekly, goal, teams, fresh, isCounter }) =>
          `  ${title}: ${monthly} ${monthly === 1 ? 'person' : 'people'} in 28 days, ${weekly} in the ${week.unit}, ${teams} ${teams === 1 ? 'team' : 'teams'}, ${fresh} new${goal === undefined ? '' : `, goal ${goal}`}${isCounter ? ', by its own count' : ''}`,
      ),
      ...(week.repositories.length > 0
        ? [
            '',
            'MANAGED REPOSITORIES',
            ...week.repositories.map(({ team, repositories }) => `  ${team}: ${repositories}`),
          ]
        : []),
      ...(week.alreadyPaved ? ['', `${sayAlreadyPaved(week.alreadyPaved)}.`] : []),
      ...(thanks.length > 0 ? ['', `Thank you: ${thanks.join(', ')}`] : []),
      '',
      'HOW THIS IS COMPUTED',
      ...lines.map(({ title, formula }) => `  ${title}: ${formula}`),
      '',
    ].join('\n'),
  );
}

export function asMarkdown(week: WeekFigures, nameOf: NameOf): string {
  const cell = (text: string) =>
    bare(text)
      .replaceAll('\n', ' ')
      .replace(/[\\|`*_[\]<>]/g, (mark) => `\\${mark}`);
  const thanks = thanked(week, nameOf);
  const worst = worstOf(
    week,
    (name, address, rest) => `${address ? `[${cell(name)}](<${address}>)` : cell(name)}: ${rest}`,
  );
  return `${[
    `# ${cell(headlineOf(week))}`,
    '',
    `| Figure | Value | Against last ${week.unit} |`,
    '| --- | --- | --- |',
    ...linesOf(week).map(({ title, value, change }) => `| ${cell(title)} | ${cell(value)} | ${cell(change)} |`),
    '',
    ...(week.worst.top.length > 0 ? ['## Most failed runs', '', ...worst.map((line) => `- ${line}`), ''] : []),
    '## Tools',
    '',
    `| Tool | 28 days | ${week.unit === 'week' ? 'Week' : `The ${week.unit}`} | Working day | Teams | New | Goal |`,
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...week.tools.map(
      ({ title, monthly, weekly, daily, teams, fresh, goal }) =>
        `| ${cell(title)} | ${monthly} | ${weekly} | ${daily.toFixed(1)} | ${teams} | ${fresh} | ${goal ?? ''} |`,
    ),
    '',
    ...(week.alreadyPaved ? [`${cell(sayAlreadyPaved(week.alreadyPaved))}.`, ''] : []),
    ...(thanks.length > 0 ? [`Thank you: ${thanks.map(cell).join(', ')}`, ''] : []),
    '## How this is computed',
    '',
    ...linesOf(week).map(({ title, formula }) => `- **${cell(title)}**: ${cell(formula)}`),
  ].join('\n')}\n`;
}

/** Every figure with its definition, n, interval and change; `identities` are all 0, or a figure is wrong. */
export function asJson(week: WeekFigures): string {
  const figures = figureIds.flatMap((id) => {
    const value = week.figures[id];
    if (!value) return [];
    const change = changeOf(id, week);
    const definition: Definition = definitionOf(id, week.unit);
    return [
      {
        id,
        title: definition.title,
        group: definition.group,
        ...value,
        said: sayValue(value),
        interval: sayInterval(value),
        before: week.before[id],
        change: change?.say,
        direction: change?.direction,
        formula: definition.formula,
        from: definition.from,
        query: queryOf(id, week),
      },
    ];
  });
  const { figures: _figures, before: _before, residuals, thanks: _thanks, ...rest } = week;
  const headline = headlineOf(week);
  return `${JSON.stringify({ ...rest, headline, figures, identities: residuals }, undefined, 2)}\n`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A slide with all figures on the pages behind it; charts are in it, so that the file is all there is. */
export function asHtml(week: WeekFigures, nameOf: NameOf, charts: readonly Picture[]): string {
  const safe = (text: string) => bare(text).replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);
  const thanks = thanked(week, nameOf);
  const rows = linesOf(week).map(
    ({ title, value, change, formula }) =>
      `<tr title="${safe(formula)}"><th scope="row">${safe(title)}</th><td>${safe(value)}</td><td>${safe(change)}</td></tr>`,
  );
  const tools = week.tools.map(
    ({ title, monthly, weekly, daily, teams, fresh, goal, isCounter }) =>
      `<tr><th scope="row">${safe(title)}${isCounter ? ', by its own count' : ''}</th>${[
        monthly,
        weekly,
        daily.toFixed(1),
        teams,
        fresh,
        goal ?? '',
      ]
        .map((value) => `<td>${value}</td>`)
        .join('')}</tr>`,
  );
  const toolHeads = ['Tool', '28 days', `The ${week.unit}`, 'A working day', 'Teams', 'New', 'Goal'];
  const pictures = charts.map(
    ({ png, alt }) => `<figure><img alt="${safe(alt)}" src="data:image/png;base64,${png.toString('base64')}"></figure>`,
  );
  const numbers = shownNumbers(week).map(
    ({ whole: { said, rest, change } }) =>
      `<li><b>${safe(said)}</b> ${safe(rest)}${change ? ` <i>${safe(change)}</i>` : ''}</li>`,
  );
  const listed = (title: string, lines: readonly string[]) =>
    lines.length > 0
      ? `<div><h2>${safe(title)}</h2><ul>${lines.map((line) => `<li>${line}</li>`).join('')}</ul></div>`
      : '';
  const list = (title: string, lines: readonly string[]) => listed(title, lines.map(safe));
  const worst = worstOf(
    week,
    (name, address, rest) => `${address ? `<a href="${safe(address)}">${safe(name)}</a>` : safe(name)}: ${safe(rest)}`,
  );
  const better = withTied(
    week.better.map(({ name, failedBefore, failed }) => `${name}: ${failedBefore} → ${failed} failed runs`),
    week.tied.better,
  );
  const asked = withTied(
    week.askedAbout.map(({ name, requests }) => `${name}: ${requests} requests`),
    week.tied.askedAbout,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(headlineOf(week))}</title>
<style>
@page { size: A4 landscape; margin: 10mm }
body { font: 16px/1.4 system-ui, sans-serif; color: #1d1c1d; margin: 24px auto; max-width: 1100px; padding: 0 16px }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: 4px 8px; border-bottom: 1px solid #ddd; vertical-align: top }
th { font-weight: 600 } .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 12px }
.facts { display: flex; flex-wrap: wrap; gap: 0 32px } h1 { font-size: 26px } h2 { font-size: 16px; margin: 8px 0 2px } ul { margin: 0; padding-left: 18px }
.facts > * { flex: 1 1 200px } .facts > .numbers { list-style: none; padding: 0; flex: 2 1 320px } i { color: #555 }
figure { margin: 0 } img { max-width: 100% } .wide { overflow-x: auto } footer { color: #555; font-size: 13px }
@media print {
  body { font-size: 11px; margin: 0; max-width: none } h1 { font-size: 20px; margin: 0 0 4mm } h2 { font-size: 12px }
  .slide { height: 186mm; overflow: hidden; break-after: page; font-size: 12px } .charts { grid-template-columns: repeat(${pictures.length > 6 ? 4 : 3}, 1fr); gap: 3mm; margin-top: 3mm }
  figure { height: 56mm } img { max-height: 100% } tr { break-inside: avoid }
}
</style></head><body>
<section${pictures.length > 0 ? ' class="slide"' : ''}>
<h1>${safe(headlineOf(week))}</h1>
<div class="facts"><ul class="numbers">${numbers.join('')}</ul>
<div>${listed('Most failed runs', worst)}${list(`Better than last ${week.unit}`, better)}</div>
<div>${list('Asked about more than once', asked)}${list('Thank you', thanks)}</div></div>
<div class="charts">${pictures.join('\n')}</div>
</section>
<table><thead><tr><th scope="col">Figure</th><th scope="col">Value</th><th scope="col">Against last ${week.unit}</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>
<h2>People by tool</h2>
<div class="wide"><table><thead><tr>${toolHeads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>${tools.join('\n')}</tbody></table></div>
${week.alreadyPaved ? `<p>${safe(sayAlreadyPaved(week.alreadyPaved))}.</p>` : ''}
<footer>Weeks are ISO weeks in ${safe(week.timeZone)}; frozen at ${week.frozenAt.toISOString()}. n beside every figure; medians and 90th percentiles by nearest rank; an arrow only where the change is more than noise. Left out: ${week.excluded.people} ${week.excluded.people === 1 ? 'person' : 'people'} (bots, guests, gone, exclusion list), ${week.excluded.unknownUsers} unknown names.</footer>
</body></html>
`;
}
