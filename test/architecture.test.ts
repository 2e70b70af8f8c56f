import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * What each folder may import besides itself and packages. A name is a folder of src/ or the start of a path below it.
 * `config` (the environment) and `settings` (pitcrew.yaml) are read by the entry points alone; the others are handed what they need.
 */
const useCases = ['pipelines', 'incidents', 'actions', 'diagnosis', 'requests', 'reporting'];
const forUseCases = ['domain', 'lib', 'store', 'orchestrators/orchestrator'];
const allowed: Record<string, string[]> = {
  domain: [],
  lib: [],
  config: ['lib'],
  settings: ['domain', 'lib', 'config'],
  store: ['domain', 'lib'],
  orchestrators: ['domain', 'lib'],
  slack: ['domain', 'lib'],
  ...Object.fromEntries(useCases.map((name) => [name, forUseCases])),
  outbox: ['domain', 'lib', 'store', 'slack'],
  handlers: ['domain', 'lib', 'slack', ...useCases],
  // The doors keep rows of their own (inbox, polls, presses), so they may use the store: docs/decisions/0006-doors-and-store.md.
  ingest: ['domain', 'lib', 'store', 'orchestrators/orchestrator', 'orchestrators/registry', ...useCases],
  jobs: ['domain', 'lib', 'store', 'orchestrators/orchestrator', 'outbox', 'ingest', ...useCases],
  http: ['lib', 'ingest'],
  workspace: ['lib'],
  demo: ['lib', 'workspace'],
};
/** The entry points build everything from everything; `serve` of the command line starts main, and nobody else imports either. */
const entryPoints = ['cli', 'main'];

const root = join(__dirname, '..');
const files = ['src', 'handlers']
  .map((name) => join(root, name))
  .filter(existsSync)
  .flatMap(filesBelow);
const known = new Set(files);
const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe('the architecture', () => {
  it('lets each folder import only what the table names', () => {
    const strays = [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => !mayImport(folderOf(file), target)).map((target) => `${path(file)} → ${path(target)}`),
    );
    expect([...new Set(strays)]).toEqual([]);
  });

  it('keeps domain free of packages but zod and date-fns', () => {
    const strays = files
      .filter((file) => folderOf(file) === 'domain')
      .flatMap((file) => specifiersIn(file).filter((name) => !/^(\.|zod$|date-fns($|\/)|@date-fns\/)/.test(name)));
    expect(strays).toEqual([]);
  });

  it('has no cycles', () => {
    expect(findCycle()?.map(path)).toBeUndefined();
  });

  // Handing PATH or all of the environment on to a child process is not reading it.
  it('reads the environment and takes signals in main alone', () => {
    const strays = files.filter((file) => {
      const isFree = ['main', 'demo', 'workspace'].includes(folderOf(file));
      return !isFree && /process\.env(\.(?!PATH\b)|\[)|process\.(on|once)\(\s*'SIG/.test(readFileSync(file, 'utf8'));
    });
    expect(strays.map(path)).toEqual([]);
  });
});

function mayImport(from: string, target: string): boolean {
  const to = folderOf(target);
  if (from === to) return true;
  if (from === 'main') return to !== 'cli';
  if (from === 'cli') return to !== 'handlers';
  if (entryPoints.includes(to)) return false;
  const name = path(target)
    .replace(/^src\//, '')
    .replace(/\.ts$/, '');
  return (allowed[from] ?? []).some((prefix) => name === prefix || name.startsWith(`${prefix}/`));
}

/** `src/store/db.ts` → store, `src/main.ts` → main, `handlers/listen.ts` → handlers */
function folderOf(file: string): string {
  return (
    path(file)
      .replace(/^src\//, '')
      .split('/')[0]
      ?.replace(/\.ts$/, '') ?? ''
  );
}

function importsOf(file: string): string[] {
  return specifiersIn(file)
    .filter((specifier) => specifier.startsWith('.'))
    .flatMap((specifier) => {
      const base = join(dirname(file), specifier);
      return [base, `${base}.ts`, join(base, 'index.ts')].find((candidate) => known.has(candidate)) ?? [];
    });
}

function specifiersIn(file: string): string[] {
  const source = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const pattern = /^(?:import|export)\b[^'"`;]*?from '([^']+)'|^import '([^']+)'|(?:import|require)\('([^']+)'\)/gm;
  return [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** The first way found from a file back to itself. */
function findCycle(): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, way: string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of imports.get(file) ?? []) {
      const cycle = visit(target, [...way, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : name.endsWith('.ts') ? [path] : [];
  });
}

function path(file: string): string {
  return relative(root, file).split(sep).join('/');
}
