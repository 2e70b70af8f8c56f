const format = (options, zone) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });

/** `2026-11-24` in a zone: two moments with the same key are the same day there. */
export const dayKey = (date, zone) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(date);

export const clockTime = (date, zone) => format({ hour: '2-digit', minute: '2-digit' }, zone).format(date);

const ordinal = (day) => {
  const rest = day % 100;
  if (rest > 10 && rest < 14) return `${day}th`;
  return `${day}${['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'}`;
};

function parts(date, zone) {
  const found = Object.fromEntries(
    format({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }, zone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  return { ...found, day: Number(found.day) };
}

/** Today, Yesterday, Tomorrow, or undefined. */
function nearby(date, zone, now) {
  const key = dayKey(date, zone);
  if (key === dayKey(now, zone)) return 'Today';
  if (key === dayKey(new Date(now.getTime() - 86_400_000), zone)) return 'Yesterday';
  if (key === dayKey(new Date(now.getTime() + 86_400_000), zone)) return 'Tomorrow';
  return undefined;
}

function ago(date, now) {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

const tokens = {
  date_num: (date, zone) => dayKey(date, zone),
  date: (date, zone) => {
    const { month, day, year } = parts(date, zone);
    return `${month} ${ordinal(day)}, ${year}`;
  },
  date_short: (date, zone) => {
    const { month, day, year } = parts(date, zone);
    return `${month.slice(0, 3)} ${day}, ${year}`;
  },
  date_long: (date, zone) => {
    const { weekday, month, day, year } = parts(date, zone);
    return `${weekday}, ${month} ${ordinal(day)}, ${year}`;
  },
  time: (date, zone) => clockTime(date, zone),
  time_secs: (date, zone) => format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }, zone).format(date),
  ago: (date, _zone, now) => ago(date, now),
};
for (const name of ['date', 'date_short', 'date_long'])
  tokens[`${name}_pretty`] = (date, zone, now) => nearby(date, zone, now) ?? tokens[name](date, zone);

/** Slack's `<!date^…>` formats, in the reader's zone. Unknown tokens stay as they are. */
export function formatDate(seconds, pattern, zone, now) {
  const date = new Date(seconds * 1000);
  const text = pattern.replace(/\{(\w+)\}/g, (whole, name) => tokens[name]?.(date, zone, now) ?? whole);
  // Inside a sentence Slack writes "today" small.
  return /^\{/.test(pattern) ? text : text.replace(/\b(Today|Yesterday|Tomorrow)\b/, (word) => word.toLowerCase());
}

export const momentOf = (ts) => new Date(Number(ts) * 1000);

/** The line between two days. */
export function dayTitle(date, zone, now) {
  const { weekday, month, day, year } = parts(date, zone);
  return nearby(date, zone, now) ?? `${weekday}, ${day} ${month} ${year === parts(now, zone).year ? '' : year}`.trim();
}

/** The full moment, for the tooltip of a time. */
export const fullMoment = (date, zone) =>
  `${format({ dateStyle: 'full', timeStyle: 'medium' }, zone).format(date)} (${zone})`;

/** "today at 10:20" */
export const spoken = (date, zone, now) =>
  `${(nearby(date, zone, now) ?? tokens.date_short(date, zone)).replace(/^[TY]/, (letter) => letter.toLowerCase())} at ${clockTime(date, zone)}`;
