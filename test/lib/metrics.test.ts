import { createMetrics } from '../../src/lib/metrics';

it('names and explains every metric as Prometheus wants it', async () => {
  const metrics = await createMetrics().registry.getMetricsAsJSON();
  expect(metrics.length).toBeGreaterThan(10);
  for (const { name, help, type } of metrics) {
    expect(name).toMatch(/^pitcrew_[a-z0-9_]+$/);
    expect(help).not.toBe('');
    // What promtool refuses: a sum that is no counter, a counter without the word, a unit that is not the base one.
    expect([name, name.endsWith('_total')]).toEqual([name, String(type) === 'counter']);
    expect(name).not.toMatch(/_(milliseconds|ms|minutes|hours|kilobytes|percent)(_total)?$/);
  }
});
