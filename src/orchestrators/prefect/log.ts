import type { Api } from './api';
import { perPage } from './api';
import type { LogLine } from './schema';

/** Pages of one log that are read one after the other; a log that goes on for longer is being written now. */
const mostPages = 2_000;

const levels = new Map([
  [10, 'DEBUG'],
  [20, 'INFO'],
  [30, 'WARNING'],
  [40, 'ERROR'],
  [50, 'CRITICAL'],
]);

/**
 * A log, oldest line first. Lines are sent in batches and arrive late, also between older ones: each page begins at the moment of the
 * last line read, so that what has come meanwhile moves nothing out of sight.
 *
 * @param of  all of a run, or some of its tasks
 */
export async function* readLog(api: Api, of: { run: string; tasks?: string[] }): AsyncIterable<Buffer> {
  let after: string | undefined;
  let offset = 0;
  let read = new Set<string>();
  for (let page = 0; page < mostPages; page += 1) {
    const lines = await api.logs(of, after, offset, perPage);
    const fresh = lines.filter(({ id }) => !read.has(id));
    if (fresh.length > 0) yield Buffer.from(fresh.map((line) => `${sayLine(line)}\n`).join(''));
    const last = lines.at(-1);
    if (!last || lines.length < perPage) return;
    if (last.timestamp === after) {
      // A whole page of one moment.
      offset += lines.length;
      for (const { id } of lines) read.add(id);
    } else {
      after = last.timestamp;
      offset = 0;
      read = new Set(lines.filter(({ timestamp }) => timestamp === after).map(({ id }) => id));
    }
  }
}

function sayLine({ timestamp, level, name, message }: LogLine): string {
  return `${timestamp} | ${(levels.get(level) ?? String(level)).padEnd(7)} | ${name} - ${message}`;
}
