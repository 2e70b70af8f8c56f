import { createRedactor, rememberingHarmless } from '../../../src/lib/redact';

const secret = `ghp_${'aB3dE5fG7hJ9'.repeat(3)}`;

describe('a redactor that remembers what holds no secret', () => {
  it('reads the same harmless words once, and a secret each time', () => {
    const asked: string[] = [];
    const { redact } = createRedactor();
    const remembering = rememberingHarmless({
      redact(text) {
        asked.push(text);
        return redact(text);
      },
    });
    const texts = [
      'orders_daily',
      `token ${secret}`,
      'orders_daily',
      `token ${secret}`,
      'x'.repeat(501),
      'x'.repeat(501),
    ];
    expect(texts.map(remembering).join('\n')).not.toContain(secret);
    expect(asked.map((text) => text.slice(0, 6))).toEqual(['orders', 'token ', 'token ', 'xxxxxx', 'xxxxxx']);
  });
});
