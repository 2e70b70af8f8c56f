import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { subDays } from 'date-fns/subDays';

/** Days that the tills have delivered, today included. */
const daysDelivered = 60;
const stores = 40;

/** What is wrong with the files of some days, by how many days ago; all others are good. */
const faults = {
  /** A till was off the network: no file came. */
  missing: [6],
  /** One till wrote a word where a number belongs. */
  notANumber: [13, 27],
  /** The transfer broke off. */
  cutShort: [20],
};

/** The files that the tills of the stores have delivered, one a day. */
export async function deliverStoreVisits(landing: string, now: Date, timeZone: string): Promise<void> {
  const folder = join(landing, 'store-visits');
  await mkdir(folder, { recursive: true });
  for (let daysAgo = 0; daysAgo < daysDelivered; daysAgo += 1) {
    if (faults.missing.includes(daysAgo)) continue;
    const day = format(subDays(new TZDate(now, timeZone), daysAgo), 'yyyyMMdd');
    const lines = Array.from({ length: stores }, (_, store) => `store-${store + 1},${visits(store, daysAgo)}`);
    const written = faults.cutShort.includes(daysAgo) ? lines.slice(0, 23) : lines;
    await writeFile(join(folder, `dt=${day}.csv`), [`# stores=${stores}`, ...written].join('\n'));
  }
}

function visits(store: number, daysAgo: number): string {
  if (store === 16 && faults.notANumber.includes(daysAgo)) return 'n/a';
  return String(120 + ((store * 37 + daysAgo * 11) % 400));
}
