/** Keeps what is known of the team's runbooks as the Markdown files of `support.runbooks` say it. In: a folder. Out: rows that are searched. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { splitRunbook } from '../domain/runbook';
import type { Settings } from '../domain/settings';
import { errorCode } from '../lib/error-code';
import type { Logger } from '../lib/logger';
import { storable } from '../lib/storable';
import type { Db } from '../store/db';
import type { StoredSection } from '../store/runbook-rows';
import * as runbookRows from '../store/runbook-rows';

export interface RunbookDeps {
  db: Db;
  log: Logger;
  settings(): Settings;
  /** Secrets are taken out before anything is stored. */
  redact(text: string): string;
}

export type Runbooks = ReturnType<typeof createRunbooks>;

interface File {
  path: string;
  size: number;
  changedMs: number;
}

const filesMax = 2_000;
/** A larger file is left out. */
const bytesMax = 512 * 1_024;
/** Of all files together. */
const sectionsMax = 5_000;

export function createRunbooks({ db, log, settings, redact }: RunbookDeps) {
  /** What the rows were made from, as this process knows it. */
  let known: string | undefined;
  let fault: string | undefined;

  /** The sections of all files, where one has changed; what cannot be read changes nothing, and is said once. */
  async function changed(): Promise<{ seen: string; sections: StoredSection[] } | undefined> {
    const { support, diagnosis } = settings();
    const folder = support.runbooks;
    try {
      const files = folder === undefined ? [] : await markdownIn(folder);
      const seen = JSON.stringify([folder, files, diagnosis.redact]);
      const sections = folder === undefined || seen === known ? [] : await read(folder, files);
      fault = undefined;
      return seen === known ? undefined : { seen, sections };
    } catch (error) {
      const code = errorCode(error) ?? 'unknown';
      if (code !== fault) log.warn({ err: error, folder }, 'runbooks.not-read');
      fault = code;
      return undefined;
    }
  }

  async function read(folder: string, files: readonly File[]): Promise<StoredSection[]> {
    const sections: StoredSection[] = [];
    for (const { path: file } of files) {
      const path = storable(relative(folder, file).split(sep).join('/'));
      const name = basename(file, extname(file));
      const twins = new Map<string, number>();
      for (const { title, body } of splitRunbook(name, await readFile(file, 'utf8'))) {
        const twin = twins.get(title) ?? 0;
        twins.set(title, twin + 1);
        sections.push({
          id: idOf(path, title, twin),
          path,
          title: storable(redact(title)),
          body: storable(redact(body)),
        });
      }
    }
    return sections.slice(0, sectionsMax);
  }

  return {
    /** Takes the files anew where one has changed. @returns how many sections were taken */
    async sweep(): Promise<number> {
      const found = await changed();
      if (!found) return 0;
      await db.transaction((tx) => runbookRows.replaceAll(tx, found.sections));
      known = found.seen;
      if (settings().support.runbooks !== undefined) log.info({ sections: found.sections.length }, 'runbooks.taken');
      return found.sections.length;
    },
  };
}

/** Markdown files in the folder and below, by name. Of what a link leads to only files count, so that nothing goes round in circles. */
export async function markdownIn(folder: string): Promise<File[]> {
  const found: File[] = [];
  const folders = [folder];
  for (let next = folders.shift(); next !== undefined && found.length < filesMax; next = folders.shift()) {
    for (const item of await readdir(next, { withFileTypes: true })) {
      if (item.name.startsWith('.') || item.name === 'node_modules') continue;
      const path = join(next, item.name);
      if (item.isDirectory()) folders.push(path);
      else if (/\.(md|markdown)$/i.test(item.name)) {
        const file = await stat(path);
        if (file.isFile() && file.size <= bytesMax) found.push({ path, size: file.size, changedMs: file.mtimeMs });
      }
    }
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1)).slice(0, filesMax);
}

/** The same section of the same file keeps its id. */
function idOf(path: string, title: string, twin: number): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([path, title, twin]))
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
