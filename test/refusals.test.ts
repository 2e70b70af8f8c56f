import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { failureKinds } from '../src/domain/failure';

/**
 * Every sentence of ours that refuses something says what to do next. Read from the sources, so that a new one cannot be left out:
 * what is handed to `refusals.no`, `refusals.notYet` and `new Cannot`, what the obstacles of the adapters are, and the `say` or `why` of
 * an answer that refuses.
 */
const root = join(__dirname, '..');

/** What makes a next step: an instruction, when it will be possible, or that there is nothing left to wish for. */
const next = new RegExp(
  [
    String.raw`\bPlease\b`,
    String.raw`(?:^|[.:] )(?:Add|Ask|Backfill|Change|Choose|Clear|Give|Kill|Leave|Look|Name|Press|Redeploy|Resume|Retry|Set|Skip|Start|Stop|Take|Try|Unblock|Use|Wait|Write)\b`,
    String.raw`[Yy]ou can\b`,
    String.raw`can be \w+ (?:when|once)\b`,
    String.raw`\binstead\b`,
    String.raw`there is nothing (?:to|left to)\b`,
    String.raw`It is (?:tried|looked at) again\b`,
  ].join('|'),
);

interface Refusal {
  where: string;
  say: string;
}

function refusalsIn(file: string): Refusal[] {
  const source = readFileSync(file, 'utf8');
  const starts = [
    ...source.matchAll(/refusals\.(?:no|notYet)\(|new Cannot\(/g),
    ...source.matchAll(/(?:outcome|kind): 'cannot',\s*say: (?!string|say)/g),
    ...source.matchAll(/\bcannot\((?=\s*['`])/g),
    // Whom to ask is said by whoever shows it, where that is known.
    ...source.matchAll(/(?:outcome|kind): 'denied',\s*why: (?=(?:'[^']*'|`[^`]*`),\s*whoMay: '')/g),
  ];
  const at = (index: number) => `${relative(root, file)}:${source.slice(0, index).split('\n').length}`;
  return [
    ...starts.flatMap((start) =>
      literalsIn(argumentAt(source, start.index + start[0].length)).map((say) => ({ where: at(start.index), say })),
    ),
    ...[...source.matchAll(/function obstacle[\s\S]*?\n {2}\}\n/g)].flatMap((body) =>
      literalsIn(body[0].replace(/const \w+ = [`'].*/g, '')).map((say) => ({ where: at(body.index), say })),
    ),
  ];
}

/** The source of one argument or value: up to the comma or the bracket that ends it. */
function argumentAt(source: string, from: number): string {
  let depth = 0;
  let quote = '';
  for (let at = from; at < source.length; at += 1) {
    const sign = source[at] ?? '';
    if (sign === '\\') at += 1;
    else if (quote) quote = sign === quote ? '' : quote;
    else if (/['"`]/.test(sign)) quote = sign;
    else if (/[([{]/.test(sign)) depth += 1;
    else if (/[)\]},]/.test(sign)) {
      if (depth === 0) return source.slice(from, at);
      if (sign !== ',') depth -= 1;
    }
  }
  return source.slice(from);
}

/** Whole sentences; those that are put together with `+` are one. */
function literalsIn(argument: string): string[] {
  const joined = argument.replace(/([`'])\s*\+\s*[`']/g, '');
  return [...joined.matchAll(/'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)]
    .map(([, plain, template]) => plain ?? template ?? '')
    .filter((text) => /[.!?]$/.test(text.trim()));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

describe('a refusal', () => {
  const all = ['src', 'handlers'].flatMap((name) => filesBelow(join(root, name))).flatMap(refusalsIn);

  it('is found in the sources', () => {
    expect(all.length).toBeGreaterThan(90);
  });

  it.each(Object.entries(failureKinds))(
    'of an orchestrator that is %s says what to do next',
    (_kind, { next: said }) => {
      expect(said).toMatch(next);
    },
  );

  it('says what to do next', () => {
    expect(all.filter(({ say }) => !next.test(say))).toEqual([]);
  });
});
