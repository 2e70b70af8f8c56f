import { createFindings } from '../findings';
import type { Finding } from '../orchestrator';
import type { Api } from './api';

const { finding } = createFindings({
  'not-found': 'Check `url` (the access URL of the account) and `account`.',
  'not-allowed': 'Check `token`: it needs the permission set Job Admin for this account, or Job Viewer to look only.',
  rejected: 'Check `url` and `account`.',
  'rate-limited': 'Poll less often.',
});

/** Reaches the account, and reads its jobs and runs. Changes nothing; whether the token may run jobs is not told by anything that changes nothing. */
export async function check({
  api,
  baseUrl,
  only,
}: {
  api: Api;
  baseUrl: string;
  only?: readonly string[];
}): Promise<Finding[]> {
  const reached = await finding(async () => {
    const { data } = await api.account();
    return { ok: true, say: `${api.where} answers at ${baseUrl}: account ${data.name ?? data.id}.` };
  });
  if (!reached.ok) return [reached];
  const read = await finding(async () => {
    const { items, total } = await api.jobs(0, 1);
    await api.runs({ orderBy: '-id' }, 0, 1);
    const count = total ?? items.length;
    return { ok: true, say: `It shows ${count} ${count === 1 ? 'job' : 'jobs'} and their runs.` };
  });
  const jobs = await Promise.all(
    (only ?? []).map((key) =>
      finding(async () => {
        const { name } = await api.job(key);
        return { ok: true, say: `Job ${key} is there: ${name ?? 'without a name'}.` };
      }),
    ),
  );
  return [reached, read, ...jobs];
}
