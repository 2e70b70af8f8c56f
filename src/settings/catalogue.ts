import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { z } from 'zod';
import type { Environment } from '../config';
import { CatalogueEntry } from '../domain/settings';
import type { Fault, Result } from '../lib/configuration-fault';
import { faultsOf } from './faults-of';
import { fillIn } from './secrets';
import { readYaml } from './yaml-file';

const Entries = z.array(CatalogueEntry);

/** Names that entries may refer to; empty = the file names none, so any will do. */
interface Known {
  teams: string[];
  orchestrators: string[];
}

/**
 * Reads every file that fits one of the patterns, in the order of their names.
 *
 * @param folder  where the patterns start: that of pitcrew.yaml
 */
export async function readCatalogue(
  patterns: readonly string[],
  { folder, env, known }: { folder: string; env: Environment; known: Known },
): Promise<Result<CatalogueEntry[]>> {
  const entries: CatalogueEntry[] = [];
  const faults: Fault[] = [];
  const places = new Map<string, string>();
  for (const path of await findFiles(patterns, folder)) {
    const read = (await readYaml(path)) ?? { ok: false, faults: [{ where: path, say: 'is not there' }] };
    if (!read.ok) {
      faults.push(...read.faults);
      continue;
    }
    const file = read.value;
    const filled = fillIn(file.value ?? [], env, file.placeOf);
    const parsed = Entries.safeParse(filled.value);
    faults.push(
      ...filled.faults,
      ...faultsOf(parsed.error?.issues ?? [], { file, value: filled.value, schema: Entries }),
    );
    for (const [index, entry] of (parsed.data ?? []).entries()) {
      const identity = `${entry.orchestrator ?? ''}/${entry.pipeline}`;
      const earlier = places.get(identity);
      const where = file.placeOf([index]);
      if (earlier) faults.push({ where, say: `\`${entry.pipeline}\` is also described at ${earlier}` });
      places.set(identity, where);
      for (const [key, names] of [
        ['team', known.teams],
        ['orchestrator', known.orchestrators],
      ] as const) {
        const name = entry[key]?.toLowerCase();
        const isUnknown =
          name !== undefined && names.length > 0 && !names.some((other) => other.toLowerCase() === name);
        if (isUnknown)
          faults.push({ where: file.placeOf([index, key]), say: `\`${entry[key]}\` is not in pitcrew.yaml` });
      }
      entries.push(entry);
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: entries };
}

/** A pattern without wildcards is a file that must be there; others may fit none. */
async function findFiles(patterns: readonly string[], folder: string): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const { base, glob, isGlob } = picomatch.scan(pattern);
    if (!isGlob) {
      found.add(join(folder, pattern));
      continue;
    }
    const start = join(folder, base);
    const fits = picomatch(glob);
    for (const file of await listFiles(start)) {
      if (fits(relative(start, file).split(sep).join('/'))) found.add(file);
    }
  }
  return [...found].sort();
}

async function listFiles(folder: string): Promise<string[]> {
  const items = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const lists = items.map((item): string[] | Promise<string[]> => {
    const path = join(folder, item.name);
    if (item.isDirectory()) return item.name === 'node_modules' || item.name.startsWith('.') ? [] : listFiles(path);
    return [path];
  });
  return (await Promise.all(lists)).flat();
}
