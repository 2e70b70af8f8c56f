import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Downstream, DownstreamNode } from '../../domain/downstream';
import { sayWaiting } from '../downstream-tree';
import { isUserId, plain } from '../mrkdwn';
import { inTwoLines } from './box-text';
import { fitted, font, type Picture, sheet } from './canvas';
import { outline } from './outline';

/** What stands at the top: the pipeline that is asked about, or the ones that a plan touches. */
export interface Root {
  node: string;
  name: string;
}

/** More boxes than this nobody reads on a phone; the list beside the picture has them all. */
const mostBoxes = 24;
/** As an outline each box takes a row of its own, and a phone shows so many at once. */
const mostRows = 14;
/** A phone shows a picture about 360 points wide: at 720 pixels, 24 of them are 12 points. */
const textPx = 24;
const smallPx = 19;
/** The first line of letters stands 36 below the edge of its box, each other 28 below the one before, the last 20 above the edge. */
const box = { widthPx: 300, firstPx: 36, linePx: 28, lastPx: 20, radiusPx: 12, padPx: 18 };
const marginPx = 28;
const gap = { besidePx: 24, betweenPx: 56 };
/** Wider than this its words are too small on a phone. */
const widestPx = 900;
const rows = { widthPx: 664, gapPx: 12, indentPx: 44, deepest: 8, besidePx: 24 };

/** Told apart by their words and their edge as well as by their colour (Okabe and Ito's, safe for the colour-blind). */
const looks: Record<DownstreamNode['kind'] | 'root', { fill: string; edge: string; word: string; dash: number[] }> = {
  root: { fill: '#1d1c1d', edge: '#1d1c1d', word: '', dash: [] },
  pipeline: { fill: '#e3f1fb', edge: '#0072b2', word: 'pipeline', dash: [] },
  table: { fill: '#f4f4f4', edge: '#6b6b6b', word: 'table', dash: [] },
  dashboard: { fill: '#fdf1dc', edge: '#b26b00', word: 'dashboard', dash: [] },
  other: { fill: '#ffffff', edge: '#6b6b6b', word: 'not known to me', dash: [8, 6] },
};

interface Box {
  node: string;
  kind: DownstreamNode['kind'] | 'root';
  name: string;
  /** What it is, whose, and by when: a line each. */
  below: string[];
}
/** What stands in it, line by line, at the width that it has. */
interface Written extends Box {
  title: string[];
  /** Stands right of the title, where there is room. */
  beside?: string;
  widthPx: number;
  heightPx: number;
}
interface Placed extends Written {
  xPx: number;
  yPx: number;
}
type Write = (box: Box, widthPx: number, shape: 'tall' | 'flat') => Written;

/**
 * The graph below some pipelines as a picture: from the top to the bottom, or from left to right where that is narrower; as an
 * outline where both are too wide for a phone. Tables that only stand between two pipelines are drawn through. `undefined` where nothing hangs on them.
 */
export async function drawDownstream(roots: readonly Root[], downstream: Downstream): Promise<Picture | undefined> {
  const graph = readable(roots, downstream, mostBoxes);
  if (graph.boxes.length <= roots.length) return undefined;
  const write = await writing();
  const narrow = (await Promise.all([layOut(graph, 'TB', write), layOut(graph, 'LR', write)])).find(
    ({ widthPx }) => widthPx + 2 * marginPx <= widestPx,
  );
  const drawn = narrow ? graph : readable(roots, downstream, mostRows);
  const layout = narrow ?? outlined(drawn, roots, write);
  const left = downstream.nodes.length - (drawn.boxes.length - roots.length) - drawn.through + hidden(downstream);
  const footPx = left > 0 ? 44 : 0;
  const { canvas, pen } = await sheet(layout.widthPx + 2 * marginPx, layout.heightPx + 2 * marginPx + footPx);
  pen.translate(marginPx, marginPx);
  for (const points of layout.lines) drawArrow(pen, points, narrow ? 'curved' : 'square');
  for (const placed of layout.boxes) drawBox(pen, placed);
  if (left > 0) {
    font(pen, smallPx);
    pen.fillStyle = '#454545';
    pen.fillText(`and ${left.toLocaleString('en-US')} more, in the list`, 0, layout.heightPx + 40);
  }
  const names = roots.map(({ name }) => plain(name)).slice(0, 3);
  return {
    name: 'downstream.png',
    title: `What waits for ${names.join(', ')}`.slice(0, 150),
    png: await canvas.encode('png'),
    alt: altOf(names.join(', '), downstream),
  };
}

const hidden = ({ total, nodes }: Downstream): number => total - nodes.length;

/** "6 things and 6 tables wait for orders_daily, 5 pipelines, 6 tables, 1 dashboard. Nearest: …". */
function altOf(name: string, downstream: Downstream): string {
  const { nodes } = downstream;
  const counted = (['pipeline', 'table', 'dashboard', 'other'] as const).flatMap((kind) => {
    const count = nodes.filter((node) => node.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind === 'other' ? 'other' : count === 1 ? kind : `${kind}s`}`];
  });
  const nearest = nodes.slice(0, 5).map((node) => plain(node.name));
  return `Graph: ${sayWaiting(downstream, name)}, ${counted.join(', ')}. Nearest: ${nearest.join(', ')}.`.slice(
    0,
    1_900,
  );
}

interface Drawn {
  boxes: Box[];
  edges: { from: string; to: string }[];
  /** Tables that are drawn through. */
  through: number;
}

/** The nearest nodes that fit, without the tables between two of them. */
function readable(roots: readonly Root[], { nodes, edges }: Downstream, most: number): Drawn {
  const feeds = new Set(edges.map(({ from }) => from));
  const isThrough = (node: DownstreamNode) => node.kind === 'table' && feeds.has(node.node);
  const through = new Set(nodes.filter(isThrough).map(({ node }) => node));
  const kept = nodes.filter(({ node }) => !through.has(node)).slice(0, most);
  const shown = new Set([...roots, ...kept].map(({ node }) => node));
  const below = new Map<string, string[]>();
  for (const { from, to } of edges) below.set(from, [...(below.get(from) ?? []), to]);

  const asked = roots.length === 1 ? 'this pipeline' : `one of these ${roots.length}`;
  const drawn = [...shown].flatMap((from) => {
    const reached = new Set<string>();
    const waiting = [...(below.get(from) ?? [])];
    const passed = new Set<string>();
    for (let to = waiting.pop(); to !== undefined; to = waiting.pop()) {
      if (shown.has(to) && to !== from) reached.add(to);
      else if (through.has(to) && !passed.has(to)) {
        passed.add(to);
        waiting.push(...(below.get(to) ?? []));
      }
    }
    return [...reached].map((to) => ({ from, to }));
  });
  return {
    boxes: [
      ...roots.map(({ node, name }): Box => ({ node, kind: 'root', name: plain(name), below: [asked] })),
      ...kept.map((node): Box => ({ node: node.node, kind: node.kind, name: plain(node.name), below: belowOf(node) })),
    ],
    edges: drawn,
    through: through.size,
  };
}

function belowOf({ kind, team, owner, deadline }: DownstreamNode): string[] {
  const whose = team ?? (owner !== undefined && !isUserId(owner) ? owner : undefined);
  const what = [looks[kind].word, whose].flatMap((each) => (each ? [plain(each)] : [])).join(' · ');
  return [what, ...(deadline ? [`due ${plain(deadline)}`] : [])];
}

/** Writes into boxes before there is a sheet to draw them on. */
async function writing(): Promise<Write> {
  const { pen } = await sheet(1, 1);
  return (each, widthPx, shape) => {
    const roomPx = widthPx - 2 * box.padPx;
    font(pen, textPx, 600);
    const title = inTwoLines(each.name, roomPx, (text) => pen.measureText(text).width);
    const titlePx = pen.measureText(title[0] ?? '').width;
    font(pen, smallPx);
    const inOne = each.below.join(' · ');
    const inOnePx = pen.measureText(inOne).width;
    const isBeside = shape === 'flat' && title.length === 1 && titlePx + rows.besidePx + inOnePx <= roomPx;
    const below = isBeside ? [] : shape === 'flat' && inOnePx <= roomPx ? [inOne] : each.below;
    const heightPx = box.firstPx + box.linePx * (title.length + below.length - 1) + box.lastPx;
    return { ...each, title, below, ...(isBeside ? { beside: inOne } : {}), widthPx, heightPx };
  };
}

interface Point {
  x: number;
  y: number;
}

async function layOut({ boxes, edges }: Drawn, direction: 'TB' | 'LR', write: Write) {
  const { Graph, layout } = await import('@dagrejs/dagre');
  const graph = new Graph();
  graph.setGraph({ rankdir: direction, nodesep: gap.besidePx, ranksep: gap.betweenPx });
  graph.setDefaultEdgeLabel(() => ({}));
  const written = boxes.map((each) => write(each, box.widthPx, 'tall'));
  for (const { node, widthPx, heightPx } of written) graph.setNode(node, { width: widthPx, height: heightPx });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 }: { width?: number; height?: number } = graph.graph();
  const placed = written.map((each): Placed => {
    const { x, y }: Point = graph.node(each.node);
    return { ...each, xPx: x - each.widthPx / 2, yPx: y - each.heightPx / 2 };
  });
  const lines = edges.map(({ from, to }): Point[] => graph.edge(from, to).points ?? []);
  return { boxes: placed, lines, widthPx: width, heightPx: height };
}

/** One box a row, as flat as its words allow, each below and right of the one that feeds it; who else feeds it is said in words. */
function outlined({ boxes, edges }: Drawn, roots: readonly Root[], write: Write) {
  const byNode = new Map(boxes.map((each) => [each.node, each]));
  const lines: Point[][] = [];
  const placed: Placed[] = [];
  let yPx = 0;
  for (const row of outline(
    roots.map(({ node }) => node),
    [...byNode.keys()],
    edges,
  )) {
    const known = byNode.get(row.node);
    if (!known) continue;
    const xPx = Math.min(row.level, rows.deepest) * rows.indentPx;
    const also = row.alsoAfter.flatMap((node) => byNode.get(node)?.name ?? []);
    const below = also.length > 0 ? [...known.below, `also after ${also.join(', ')}`] : known.below;
    const over = row.under === undefined ? undefined : placed[row.under];
    const written = write({ ...known, below }, rows.widthPx - xPx, 'flat');
    placed.push({ ...written, xPx, yPx });
    const y = yPx + written.heightPx / 2;
    yPx += written.heightPx + rows.gapPx;
    if (!over) continue;
    const x = over.xPx + rows.indentPx / 2;
    lines.push([
      { x, y: over.yPx + over.heightPx },
      { x, y },
      { x: xPx, y },
    ]);
  }
  return { boxes: placed, lines, widthPx: rows.widthPx, heightPx: yPx - rows.gapPx };
}

function drawBox(pen: SKRSContext2D, { kind, title, below, beside, xPx, yPx, ...whole }: Placed): void {
  const look = looks[kind];
  pen.beginPath();
  pen.roundRect(xPx, yPx, whole.widthPx, whole.heightPx, box.radiusPx);
  pen.fillStyle = look.fill;
  pen.fill();
  pen.setLineDash(look.dash);
  pen.lineWidth = 2;
  pen.strokeStyle = look.edge;
  pen.stroke();
  pen.setLineDash([]);
  let atPx = yPx + box.firstPx;
  const line = (text: string) => {
    pen.fillText(fitted(pen, text, whole.widthPx - 2 * box.padPx), xPx + box.padPx, atPx);
    atPx += box.linePx;
  };
  font(pen, textPx, 600);
  pen.fillStyle = kind === 'root' ? '#ffffff' : '#1d1c1d';
  title.forEach(line);
  font(pen, smallPx);
  pen.fillStyle = kind === 'root' ? '#e0e0e0' : '#454545';
  below.forEach(line);
  if (beside === undefined) return;
  pen.textAlign = 'right';
  pen.fillText(beside, xPx + whole.widthPx - box.padPx, yPx + box.firstPx);
  pen.textAlign = 'left';
}

/** Along the points, with a head at its end. */
function drawArrow(pen: SKRSContext2D, points: readonly Point[], corners: 'curved' | 'square'): void {
  const [first, ...rest] = points;
  const end = points.at(-1);
  const before = points.at(-2);
  if (!first || !end || !before) return;
  pen.strokeStyle = '#8a8a8a';
  pen.lineWidth = 2.5;
  pen.beginPath();
  pen.moveTo(first.x, first.y);
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (next && corners === 'curved')
      pen.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2);
    else pen.lineTo(point.x, point.y);
  });
  pen.stroke();
  const angle = Math.atan2(end.y - before.y, end.x - before.x);
  pen.fillStyle = '#8a8a8a';
  pen.beginPath();
  pen.moveTo(end.x, end.y);
  for (const side of [-0.4, 0.4]) pen.lineTo(end.x - 14 * Math.cos(angle + side), end.y - 14 * Math.sin(angle + side));
  pen.closePath();
  pen.fill();
}
