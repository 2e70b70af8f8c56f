import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      targets: z.array(z.object({ rawSql: z.string(), format: z.enum(['time_series', 'table']) })),
    }),
  ),
});

/** Those of the dashboard that is published, with their queries over this span as Grafana asks them. */
export function panelsOver(from: Date, to: Date) {
  const file = readFileSync(join(__dirname, '..', '..', 'docs', 'grafana', 'pitcrew.json'), 'utf8');
  return Dashboard.parse(JSON.parse(file)).panels.map(({ title, targets }) => ({
    title,
    queries: targets.map(({ rawSql, format }) => ({
      format,
      sql: rawSql.replace(
        /\$__timeFilter\((\w+)\)/g,
        (_all, column) => `${column} BETWEEN '${from.toISOString()}' AND '${to.toISOString()}'`,
      ),
    })),
  }));
}
