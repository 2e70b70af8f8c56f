import type { EChartsOption } from 'echarts';
import { fewest, share } from '../../domain/figures/share';
import type { WeekFigures } from '../../domain/figures/week-figures';
import { duration, sayShare } from '../../domain/figures/wording';
import { plain } from '../mrkdwn';
import * as letters from './canvas';
import { type Picture, pngOf } from './canvas';

/** A phone shows a picture about 360 points wide: at 720 pixels, 24 of them are 12 points. */
const widthPx = 720;
const textPx = 24;
const smallPx = 20;
const scale = 2;
/** In the SVG it stands in an attribute. */
const fontFamily = letters.fontFamily.replaceAll('"', '');
/** Okabe and Ito's colours, safe for the colour-blind; told apart by pattern or label as well. */
const colours = {
  blue: '#0072b2',
  lightBlue: '#9ecae1',
  orange: '#e69f00',
  green: '#009e73',
  purple: '#cc79a7',
  grey: '#8a8a8a',
  ink: '#1d1c1d',
};
const hatch = {
  symbol: 'rect',
  dashArrayX: [1, 0],
  dashArrayY: [4, 5],
  rotation: Math.PI / 4,
  color: 'rgba(0,0,0,0.35)',
};
const dots = { symbol: 'circle', symbolSize: 0.6, color: 'rgba(255,255,255,0.7)' };
const toolsShown = 8;

interface Chart {
  name: string;
  /** What it is about, in a few words. */
  title: string;
  /** What it shows, for those who do not see it: the finding, not the kind of chart. */
  finding: string;
  heightPx: number;
  option: EChartsOption;
}

/** Those charts of the digest for which there is something to show. */
export async function drawCharts(week: WeekFigures): Promise<Picture[]> {
  const charts = [
    activesChart,
    toolsChart,
    toolsOverWeeksChart,
    retentionChart,
    causesChart,
    recoveryChart,
    flowChart,
  ].flatMap((of) => of(week) ?? []);
  return Promise.all(charts.map((chart) => draw(chart, week)));
}

async function draw({ name, title, finding, heightPx, option }: Chart, { week }: WeekFigures): Promise<Picture> {
  const { init } = await import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: widthPx, height: heightPx });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily, fontSize: smallPx, color: colours.ink },
      ...option,
    });
    const png = await pngOf(chart.renderToSVGString(), { widthPx, heightPx }, scale);
    return { name: `${name}-${week}.png`, title: `${title}, ${week}`, png, alt: finding };
  } finally {
    chart.dispose();
  }
}

function heading(text: string) {
  return {
    text,
    left: 16,
    top: 14,
    textStyle: {
      fontFamily,
      fontSize: textPx,
      fontWeight: 600 as const,
      color: colours.ink,
      width: widthPx - 32,
      overflow: 'break' as const,
    },
  };
}

const axisText = { fontFamily, fontSize: smallPx, color: colours.ink };
/** Its names end with a space: a gap of the legend's own would part its lines as well. */
const legend = (top: number, itemWidth: number) => ({
  top,
  left: 16,
  right: 16,
  itemWidth,
  itemHeight: 20,
  textStyle: axisText,
  formatter: (name: string) => `${name}\u2003`,
});
const shortWeek = (week: string): string => week.replace(/^\d{4}-/, '');

/** Weeks to the right, whole numbers upwards. */
function weeksAndCounts(weeks: readonly { week: string }[]) {
  const xAxis = {
    type: 'category' as const,
    data: weeks.map(({ week }) => shortWeek(week)),
    axisLabel: axisText,
    axisTick: { show: false },
  };
  return { xAxis, yAxis: { type: 'value' as const, minInterval: 1, axisLabel: axisText } };
}

function activesChart({ trend }: WeekFigures): Chart | undefined {
  const totals = trend.map(({ newcomers, returning, resurrecting }) => newcomers + returning + resurrecting);
  const now = totals.at(-1) ?? 0;
  if (totals.every((total) => total === 0)) return undefined;
  const last = trend.at(-1);
  const people = now === 1 ? 'person' : 'people';
  const kinds = [
    { name: 'Returning', color: colours.blue, of: 'returning' as const, decal: undefined },
    { name: 'Back again', color: colours.orange, of: 'resurrecting' as const, decal: hatch },
    { name: 'New', color: colours.green, of: 'newcomers' as const, decal: dots },
  ];
  return {
    name: 'active-people',
    title: 'People active in the week',
    finding: `${now} ${people} ${now === 1 ? 'was' : 'were'} active: ${last?.returning ?? 0} returning, ${last?.resurrecting ?? 0} back again, ${last?.newcomers ?? 0} new; ${beforeThat(totals)}`,
    heightPx: 520,
    option: {
      title: heading(
        `${now} ${people} active: ${last?.returning ?? 0} returning, ${last?.resurrecting ?? 0} back again, ${last?.newcomers ?? 0} new`,
      ),
      legend: legend(92, 28),
      grid: { left: 60, right: 20, top: 140, bottom: 50 },
      ...weeksAndCounts(trend),
      series: kinds.map(({ name, color, of, decal }) => ({
        type: 'bar' as const,
        stack: 'people',
        name,
        itemStyle: { color, ...(decal ? { decal } : {}) },
        data: trend.map((each) => each[of]),
      })),
    },
  };
}

function toolsChart({ tools }: WeekFigures): Chart | undefined {
  const used = tools
    .filter(({ monthly, goal }) => monthly > 0 || goal !== undefined)
    .sort((a, b) => b.monthly - a.monthly);
  const shown = used.slice(0, toolsShown);
  if (shown.length < 2) return undefined;
  const below = shown.filter(({ monthly, goal }) => goal !== undefined && monthly < goal);
  const first = shown[0];
  const name = (title: string) => (plain(title).length > 16 ? `${plain(title).slice(0, 15)}…` : plain(title));
  const bars = [...shown].reverse();
  const perTool = { type: 'category' as const, axisLabel: axisText, axisTick: { show: false } };
  const goals = shown.filter(({ goal }) => goal !== undefined);
  return {
    name: 'tools',
    title: 'People by tool',
    finding: [
      `${plain(first?.title ?? '')} has the most people in 28 days, ${first?.monthly ?? 0}`,
      `in the week: ${shown.map(({ title, weekly }) => `${plain(title)} ${weekly}`).join(', ')}`,
      ...shown.slice(1).map(({ title, monthly }) => `${plain(title)} ${monthly} in 28 days`),
      ...(goals.length > 0
        ? [
            below.length > 0
              ? `below their goal: ${below.map(({ title, goal }) => `${plain(title)} (${goal})`).join(', ')}`
              : 'every goal is reached',
          ]
        : []),
    ].join('; '),
    heightPx: 130 + bars.length * 62,
    option: {
      title: heading(`People by tool in 28 days (in the week)${goals.length > 0 ? ', ◆ goal' : ''}`),
      grid: { left: 220, right: 130, top: 80, bottom: 20 },
      // The numbers stand in a column at the right: beside the bars a goal would hide them.
      yAxis: [
        { ...perTool, data: bars.map(({ title }) => name(title)) },
        {
          ...perTool,
          position: 'right',
          axisLine: { show: false },
          data: bars.map(({ monthly, weekly }) => `${monthly} (${weekly})`),
        },
      ],
      xAxis: { type: 'value', minInterval: 1, axisLabel: { show: false }, splitLine: { show: false } },
      series: [
        {
          type: 'bar',
          barWidth: 34,
          itemStyle: { color: colours.lightBlue },
          data: bars.map(({ monthly }) => monthly),
        },
        {
          // Lies on the other, hatched: the part of it that came in the week.
          type: 'bar',
          barWidth: 34,
          barGap: '-100%',
          itemStyle: { color: colours.blue, decal: hatch },
          data: bars.map(({ weekly }) => weekly),
        },
        {
          type: 'scatter',
          symbol: 'diamond',
          symbolSize: 24,
          itemStyle: { color: colours.orange, borderColor: colours.ink, borderWidth: 2 },
          data: bars.flatMap(({ goal }, index) => (goal === undefined ? [] : [[goal, index]])),
        },
      ],
    },
  };
}

/** Lines told apart by colour, mark and stroke. */
const lineLooks = [
  { color: colours.blue, symbol: 'circle', type: 'solid' as const },
  { color: colours.orange, symbol: 'diamond', type: 'dashed' as const },
  { color: colours.green, symbol: 'triangle', type: 'dotted' as const },
  { color: colours.purple, symbol: 'rect', type: 'solid' as const },
  { color: colours.grey, symbol: 'emptyCircle', type: 'dashed' as const },
];

function toolsOverWeeksChart({ trend }: WeekFigures): Chart | undefined {
  const names = Object.keys(trend.at(-1)?.tools ?? {});
  const lines = names
    .map((name) => ({ name: plain(name), data: trend.map(({ tools }) => tools[name] ?? 0) }))
    .sort((a, b) => (b.data.at(-1) ?? 0) - (a.data.at(-1) ?? 0));
  const [first] = lines;
  if (!first || lines.length < 2) return undefined;
  const short = (name: string) => (name.length > 16 ? `${name.slice(0, 15)}…` : name);
  return {
    name: 'tools-by-week',
    title: 'People by tool, week by week',
    finding: `${first.name} had the most people in the week, ${first.data.at(-1) ?? 0}; ${lines
      .map(({ name, data }) => `${name} ${data.at(-1) ?? 0}, ${beforeThat(data)}`)
      .join('; ')}`,
    heightPx: 560,
    option: {
      title: heading(`${first.name} leads with ${first.data.at(-1) ?? 0} people in the week`),
      legend: legend(72, 44),
      grid: { left: 60, right: 30, top: 180, bottom: 50 },
      ...weeksAndCounts(trend),
      series: lines.map(({ name, data }, index) => {
        const look = lineLooks[index % lineLooks.length] ?? lineLooks[0];
        return {
          type: 'line' as const,
          name: short(name),
          data,
          symbol: look?.symbol,
          symbolSize: 14,
          lineStyle: { width: 4, color: look?.color, type: look?.type },
          itemStyle: { color: look?.color },
        };
      }),
    },
  };
}

function retentionChart({ cohorts }: WeekFigures): Chart | undefined {
  const shown = cohorts.filter(({ size, active }) => size > 0 && active.length > 1);
  if (shown.length === 0) return undefined;
  const longest = Math.max(...shown.map(({ active }) => active.length));
  const rows = [...shown].reverse();
  const cells = rows.flatMap(({ size, active }, row) =>
    active.map((count, week): [number, number, number] => [week, row, Math.round((100 * count) / size)]),
  );
  // A percentage of a few would say too much.
  const said = rows.flatMap(({ size, active }) =>
    active.map((count) => (size < fewest ? `${count} of ${size}` : `${Math.round((100 * count) / size)}%`)),
  );
  const cameBack = share(
    shown.reduce((sum, { active }) => sum + (active[1] ?? 0), 0),
    shown.reduce((sum, { size }) => sum + size, 0),
  );
  return {
    name: 'retention',
    title: 'New people who came back',
    finding: `Of those who were new, ${sayShare(cameBack)} came back the week after; ${shown.map(({ week, size, active }) => `${shortWeek(week)}: ${size} new, then ${active.slice(1).join(', ')}`).join('; ')}`,
    heightPx: 150 + rows.length * 52,
    option: {
      title: heading(`Back the week after: ${sayShare(cameBack)} of the new`),
      grid: { left: 130, right: 20, top: 120, bottom: 16 },
      xAxis: {
        type: 'category',
        position: 'top',
        data: Array.from({ length: longest }, (_, week) => `+${week}`),
        axisLabel: axisText,
        axisTick: { show: false },
        axisLine: { show: false },
      },
      yAxis: {
        type: 'category',
        data: rows.map(({ week, size }) => `${shortWeek(week)} (${size})`),
        axisLabel: axisText,
        axisTick: { show: false },
        axisLine: { show: false },
      },
      visualMap: { show: false, min: 0, max: 100, inRange: { color: ['#f2f6fa', '#9ecae1', '#6baed6'] } },
      series: [
        {
          type: 'heatmap',
          data: cells,
          label: {
            show: true,
            fontFamily,
            fontSize: smallPx,
            color: colours.ink,
            formatter: ({ dataIndex }) => said[dataIndex] ?? '',
          },
          itemStyle: { borderColor: '#ffffff', borderWidth: 3 },
        },
      ],
    },
  };
}

function causesChart({ causes }: WeekFigures): Chart | undefined {
  if (causes.length === 0) return undefined;
  const total = causes.reduce((sum, { problems }) => sum + problems, 0);
  const bars = [...causes].reverse();
  const say = (cause: string) => cause.replaceAll('_', ' ');
  const first = causes[0];
  return {
    name: 'causes',
    title: 'Problems by cause',
    finding: `The commonest cause was ${say(first?.cause ?? '')}: ${first?.problems ?? 0} of ${total} problems; then ${
      causes
        .slice(1)
        .map(({ cause, problems }) => `${say(cause)} ${problems}`)
        .join(', ') || 'no other'
    }`,
    heightPx: 130 + bars.length * 62,
    option: {
      title: heading(`${total} ${total === 1 ? 'problem' : 'problems'}, by cause`),
      grid: { left: 290, right: 70, top: 80, bottom: 20 },
      yAxis: {
        type: 'category',
        data: bars.map(({ cause }) => say(cause).slice(0, 24)),
        axisLabel: axisText,
        axisTick: { show: false },
      },
      xAxis: { type: 'value', axisLabel: { show: false }, splitLine: { show: false } },
      series: [
        {
          type: 'bar',
          barWidth: 34,
          itemStyle: { color: colours.blue },
          label: { show: true, position: 'right', ...axisText },
          data: bars.map(({ problems }) => problems),
        },
      ],
    },
  };
}

const minuteMs = 60_000;
const buckets = [
  { name: '< 5 min', belowMs: 5 * minuteMs },
  { name: '< 15 min', belowMs: 15 * minuteMs },
  { name: '< 1 h', belowMs: 60 * minuteMs },
  { name: '< 4 h', belowMs: 240 * minuteMs },
  { name: '< 1 d', belowMs: 1_440 * minuteMs },
  { name: 'longer', belowMs: Number.POSITIVE_INFINITY },
];

function recoveryChart({ recoveryMs, figures }: WeekFigures): Chart | undefined {
  const spread = figures.recovery;
  if (recoveryMs.length === 0 || spread?.kind !== 'spread') return undefined;
  const counts = buckets.map(
    ({ belowMs }, index) => recoveryMs.filter((ms) => ms < belowMs && ms >= (buckets[index - 1]?.belowMs ?? 0)).length,
  );
  const median = duration(spread.median ?? 0);
  return {
    name: 'recovery',
    title: 'Time to recover',
    finding: `Half of ${recoveryMs.length} problems were over within ${median}, nine of ten within ${duration(spread.p90 ?? 0)}, the longest took ${duration(spread.max ?? 0)}; ${buckets.map(({ name }, index) => `${name}: ${counts[index]}`).join(', ')}`,
    heightPx: 440,
    option: {
      title: heading(`Half of ${recoveryMs.length} problems were over within ${median}`),
      grid: { left: 60, right: 20, top: 110, bottom: 50 },
      xAxis: {
        type: 'category',
        data: buckets.map(({ name }) => name),
        axisLabel: { ...axisText, interval: 0 },
        axisTick: { show: false },
      },
      yAxis: { type: 'value', minInterval: 1, axisLabel: axisText },
      series: [
        {
          type: 'bar',
          itemStyle: { color: colours.blue },
          label: { show: true, position: 'top', ...axisText },
          data: counts,
        },
      ],
    },
  };
}

function flowChart({ trend }: WeekFigures): Chart | undefined {
  const weeks = trend.flatMap(({ week, requests }) => (requests ? [{ week, ...requests }] : []));
  const last = weeks.at(-1);
  if (!last || weeks.every(({ opened, open }) => opened + open === 0)) return undefined;
  const came = weeks.map(({ opened, reopened }) => opened + reopened);
  const said = (count: number, was: string, were: string) => `${count} ${count === 1 ? was : were}`;
  const now = came.at(-1) ?? 0;
  const sum = `${said(now, 'request', 'requests')} came, ${said(last.solved, 'was', 'were')} solved, ${said(last.open, 'is', 'are')} open`;
  const series = [
    { name: 'Came', color: colours.blue, data: came, decal: undefined },
    { name: 'Solved', color: colours.green, data: weeks.map(({ solved }) => solved), decal: dots },
  ];
  return {
    name: 'requests',
    title: 'Requests for help',
    finding: `${sum} at the week’s end; came ${beforeThat(came)}; open ${beforeThat(weeks.map(({ open }) => open))}`,
    heightPx: 520,
    option: {
      title: heading(sum),
      legend: legend(92, 28),
      grid: { left: 60, right: 20, top: 140, bottom: 50 },
      ...weeksAndCounts(weeks),
      series: [
        ...series.map(({ name, color, data, decal }) => ({
          type: 'bar' as const,
          name,
          itemStyle: { color, ...(decal ? { decal } : {}) },
          data,
        })),
        {
          type: 'line' as const,
          name: 'Open at the end',
          symbol: 'diamond',
          symbolSize: 16,
          lineStyle: { color: colours.ink, width: 3, type: 'dashed' as const },
          itemStyle: { color: colours.orange, borderColor: colours.ink, borderWidth: 2 },
          data: weeks.map(({ open }) => open),
        },
      ],
    },
  };
}

/** The weeks before the last one, oldest first. */
function beforeThat(values: readonly number[]): string {
  const before = values.slice(0, -1);
  if (before.length === 0) return 'nothing is known of the weeks before';
  return `in the ${before.length === 1 ? 'week' : `${before.length} weeks`} before: ${before.join(', ')}`;
}
