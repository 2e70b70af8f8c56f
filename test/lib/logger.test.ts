import { createLogger } from '../../src/lib/logger';

const secret = `ghp_${'aB3dE5fG7hJ9'.repeat(3)}`;

function logging() {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line: string) => void lines.push(line) });
  return { log, lines };
}

describe('a line of the log', () => {
  it('names no secret, whatever field it came in', () => {
    const { log, lines } = logging();
    log.info({ pipeline: `z_${secret}`, run: secret, members: [{ partition: `p ${secret}` }], count: 2 }, 'said');
    expect(lines.join('')).not.toContain(secret);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ run: '[redacted:github_token]', count: 2, msg: 'said' });
  });

  it('names none of an error either, and still tells where it arose', () => {
    const { log, lines } = logging();
    const error = Object.assign(new Error(`no run ${secret}`, { cause: new Error(`of ${secret}`) }), {
      detail: secret,
    });
    log.error({ err: error }, 'fault');
    expect(lines.join('')).not.toContain(secret);
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      type: 'Error',
      stack: expect.stringContaining('logger.test'),
    });
  });

  it('keeps times and plain words as they are', () => {
    const { log, lines } = logging();
    log.info({ at: new Date(0), pipeline: 'orders_daily' }, 'said');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ at: '1970-01-01T00:00:00.000Z', pipeline: 'orders_daily' });
  });
});
