import { createServer } from 'node:http';

export interface Works {
  /** Lets the held runs of this instance end. */
  letGo(instance: string): void;
  spoil(day: string): void;
  mend(day: string): void;
  close(): Promise<void>;
}

/** Polled again by the step that asks, as its `state_expr` says. */
const tooEarly = 425;
const failed = 422;
const error = 'reading 7 files\nValueError: column "total" is missing';

/** The jobs that the steps call, as /<workflow>/<instance>/<date>/<step>: `bumpy` fails at first, `patient` is held, `picky` fails on bad days. */
export async function startWorks(port: number): Promise<Works> {
  const asked = new Set<string>();
  const free = new Set<string>();
  const bad = new Set<string>();

  function answer(path: string): { status: number; body: string } {
    const [, workflow = '', instance = '', date = ''] = path.split('/');
    const isFirst = !asked.has(path);
    asked.add(path);
    const fails =
      workflow === 'strict' || (workflow.startsWith('bumpy') && isFirst) || (workflow === 'picky' && bad.has(date));
    if (fails) return { status: failed, body: error };
    if (workflow === 'patient' && !free.has(instance)) return { status: tooEarly, body: 'not yet' };
    return { status: 200, body: 'done' };
  }

  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '/');
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const plain = (day: string) => day.replaceAll('-', '');
  return {
    letGo: (instance) => void free.add(instance),
    spoil: (day) => void bad.add(plain(day)),
    mend: (day) => void bad.delete(plain(day)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
