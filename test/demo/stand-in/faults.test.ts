import { defineWorkflow, type FaultKind } from '../../../src/demo/stand-in';
import { createServers } from '../support';

const servers = createServers();
afterEach(() => servers.stopAll());

const orders = defineWorkflow({ id: 'orders' });
const path = '/workflows/orders/versions/active/actions/start';
const body = { initiator: { type: 'MANUAL' } };

describe('injected faults', () => {
  it.each<{ kind: FaultKind; takesEffect: boolean }>([
    { kind: 'drop-answer', takesEffect: true },
    { kind: 'close', takesEffect: false },
  ])('$kind cuts the connection; the call takes effect: $takesEffect', async ({ kind, takesEffect }) => {
    const { call, standIn } = await servers.start({ pipelines: [orders] });
    standIn.faults.next({ method: 'POST', path: '/actions/start' }, kind);
    await expect(call('POST', path, body)).rejects.toThrow();
    const page = await call('GET', '/workflows/orders/instances?first=5');
    expect(page.body.elements).toHaveLength(takesEffect ? 1 : 0);
    expect((await call('POST', path, body)).status).toBe(200);
  });

  it.each<{ kind: FaultKind; status: number; contentType: string }>([
    { kind: '500', status: 500, contentType: 'application/json' },
    { kind: '429', status: 429, contentType: 'text/plain' },
    { kind: 'html', status: 502, contentType: 'text/html' },
  ])('$kind has no effect', async ({ kind, status, contentType }) => {
    const { call, standIn } = await servers.start({ pipelines: [orders] });
    standIn.faults.next({ path: /start$/ }, kind, { times: 2, retryAfterSeconds: 7 });
    for (let n = 0; n < 2; n += 1) {
      const answer = await call('POST', path, body);
      expect(answer).toMatchObject({ status, contentType });
      expect(answer.headers.get('retry-after')).toBe(kind === '429' ? '7' : null);
    }
    expect((await call('GET', '/workflows/orders/instances?first=5')).body.elements).toEqual([]);
    expect((await call('POST', path, body)).status).toBe(200);
  });

  it('delay takes effect at once and answers later', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders] });
    standIn.faults.next({ method: 'POST' }, 'delay', { delayMs: 60_000 });
    const late = call('POST', path, body).catch(() => 'cut');
    let found = 0;
    while (found === 0) found = (await call('GET', '/workflows/orders/instances?first=5')).body.elements.length;
    await servers.stopAll();
    expect(await late).toBe('cut');
  });

  it('can be taken back', async () => {
    const { call, standIn } = await servers.start({ pipelines: [orders] });
    standIn.faults.next({}, '500', { times: 100 });
    standIn.faults.clear();
    expect((await call('GET', '/workflows/orders/overview')).status).toBe(200);
  });
});

describe('the record of calls', () => {
  it('keeps method, path, user, body and time', async () => {
    const nine = new Date('2026-11-20T09:00:00Z');
    const { call, standIn } = await servers.start({ pipelines: [orders], clock: { now: () => nine } });
    await call('POST', path, body, { headers: { 'x-request': '1' } });
    await call('GET', '/workflows/orders/instances?first=1', undefined, { user: null });
    expect(standIn.requests).toMatchObject([
      { method: 'POST', path: `/api/v3${path}`, user: 'dana', body, at: nine, headers: { 'x-request': '1' } },
      { method: 'GET', path: '/api/v3/workflows/orders/instances?first=1' },
    ]);
    expect(standIn.requests[1]?.user).toBeUndefined();
    expect(standIn.requests[1]?.body).toBeUndefined();
  });
});
