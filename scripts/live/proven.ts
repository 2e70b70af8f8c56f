import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ability } from '../../src/domain/ability';
import { kinds } from '../../src/orchestrators/registry';
import type { LiveProduct } from './product';
import { sourceOf } from './sources';

/** One test, as jest reports it. */
export interface TestResult {
  ancestorTitles: string[];
  title: string;
  status: string;
  failureMessages?: string[];
}

/** What the tests of one product proved: an ability is `live` (or `stand-in`) where all its tests passed, and is left out where there were none. */
interface Proof {
  kind: string;
  title: string;
  abilities: Record<string, 'live' | 'stand-in' | 'failed'>;
}

type Kind = (typeof kinds)[number];

const root = join(__dirname, '..', '..');
const store = join(root, 'docs', 'orchestrators.json');
const paper = join(root, 'docs', 'orchestrators.md');

/** Abilities, and the parts of the contract that prove each. */
export const abilities: [name: string, means: string, parts: string[]][] = [
  ['fetchRun', 'reading a run', ['reading a run']],
  ['check', '`pitcrew doctor`', ['checking the connection']],
  ['normalise', 'being told by events', ['a delivery']],
  ['poll', 'polling', ['polling']],
  ['discover', 'listing pipelines', ['discovering']],
  ['steps', 'steps of a run', ['the steps of a run']],
  ['openLog', 'logs', ['the log of a step']],
  ['lineage', 'what feeds what', ['lineage']],
  ['versions', 'versions', ['the versions of a pipeline']],
  ['runsOf', 'runs of days', ['the runs of partitions']],
  ['retry', 'retry', ['a retry', 'to retry']],
  ['stop', 'stop', ['a stop', 'to stop']],
  ['kill', 'kill', ['to kill']],
  ['skip', 'skip', ['to skip']],
  ['unblock', 'unblock', ['to unblock']],
  ['pause', 'pause', ['to pause']],
  ['resume', 'resume', ['to resume']],
  ['start', 'start', ['to start']],
  ['backfill', 'backfill', ['a backfill', 'to backfill', 'a backfill of five days']],
  ['redeploy', 'redeploy, roll back', ['to redeploy']],
  ['main job', 'the main job in Slack', ['the main job']],
];

/** Keeps what these tests proved, and writes docs/orchestrators.md anew. */
export function noteLive(product: LiveProduct, results: readonly TestResult[]): void {
  const proofs = readProofs();
  const proven: Proof['abilities'] = {};
  for (const [name, , parts] of abilities) {
    const own = results.filter(({ ancestorTitles }) => ancestorTitles.some((title) => parts.includes(title)));
    const ran = own.filter(({ status }) => status === 'passed' || status === 'failed');
    const good = product.isStandIn ? 'stand-in' : 'live';
    if (ran.length > 0) proven[name] = ran.every(({ status }) => status === 'passed') ? good : 'failed';
  }
  proofs[product.name] = { kind: product.kind, title: product.title, abilities: proven };
  writeFileSync(store, `${JSON.stringify(proofs, undefined, 2)}\n`);
  writeFileSync(paper, renderProofs(proofs));
}

export function readProofs(): Record<string, Proof> {
  return existsSync(store) ? (JSON.parse(readFileSync(store, 'utf8')) as Record<string, Proof>) : {};
}

function lacking({ id, title, lacks }: Kind): string[] {
  const lines = abilities.flatMap(([name, means]) => {
    const why = lacks[name as Ability];
    if (why === undefined) return [];
    const source = sourceOf(id, name);
    return [`- ${means}: ${why}${source === undefined ? '' : ` *(${source})*`}`];
  });
  return lines.length === 0 ? [] : [`**${title}**`, '', ...lines, ''];
}

/** docs/orchestrators.md: every ability of every product that was tried, and how it is proven. */
export function renderProofs(proofs: Record<string, Proof>): string {
  const products = Object.values(proofs).sort((a, b) => b.title.localeCompare(a.title));
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const cell = (proof: Proof, name: string) => {
    const how = proof.abilities[name];
    return how === 'failed' ? 'failed' : (how ?? '–');
  };
  return [
    '# What is proven, and how',
    '',
    'Written by `npm run test:live` from the tests that it ran; not by hand. *live*: the adapter was held to its contract against the real product of',
    'that version, on one machine. *stand-in*: against a server of the tests, written after what the product says of its API; of a scheduler of',
    'one’s own that is one which looks like no other, connected by the example of [generic-http.md](generic-http.md). –: the product, or the adapter, has no',
    'such ability. What an adapter sends to Airflow, Dagster and Prefect is held against their official descriptions as well, where these are at hand.',
    '',
    row(['Ability', ...products.map(({ title }) => title)]),
    row(['---', ...products.map(() => '---')]),
    ...abilities.map(([name, means]) => row([means, ...products.map((proof) => cell(proof, name))])),
    '',
    '## What is lacking, and why',
    '',
    'As people are told who miss a button: by *Why no …?* in the menu beside an alert, by `/pipeline status <pipeline>`, and by `pitcrew doctor`. What',
    'the release or the credential of a connection does not allow is told the same way, as the check of its rights found it. In brackets: what it rests on.',
    '',
    ...kinds.flatMap(lacking),
  ].join('\n');
}
