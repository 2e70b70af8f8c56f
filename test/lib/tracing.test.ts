import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { Failure } from '../../src/domain/failure';
import { createLogger } from '../../src/lib/logger';
import { traced, tracedFrom, traceId } from '../../src/lib/tracing';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };

it('is a plain call where nobody takes traces: the work is done, and what it throws is thrown', async () => {
  expect(await traced('work', {}, async () => traceId())).toBeUndefined();
  const broken = new Error('broken');
  await expect(traced('work', {}, () => Promise.reject(broken))).rejects.toBe(broken);
});

describe('a span', () => {
  const kept = new InMemorySpanExporter();
  const spanNamed = (name: string) => kept.getFinishedSpans().find((span) => span.name === name);
  beforeAll(() => new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(kept)] }).register());
  beforeEach(() => kept.reset());

  it('is a part of the one around it, and that of the trace which the call belongs to', async () => {
    const seen = await tracedFrom(headers, 'POST', {}, () => traced('decide', { facts: 2 }, async () => traceId()));
    expect(seen).toBe(trace);
    expect(spanNamed('POST')?.parentSpanContext).toMatchObject({ traceId: trace, spanId: '00f067aa0ba902b7' });
    expect(spanNamed('decide')?.parentSpanContext?.spanId).toBe(spanNamed('POST')?.spanContext().spanId);
    expect(spanNamed('decide')?.attributes).toEqual({ facts: 2 });
  });

  it('says of what went wrong the kind, and not the words, which may hold a secret', async () => {
    const refused = new Failure('unsure', 'Slack', { detail: 'password=hunter2' });
    await expect(traced('slack chat.postMessage', {}, () => Promise.reject(refused), 'calls')).rejects.toBe(refused);
    const span = spanNamed('slack chat.postMessage');
    expect(span?.attributes).toEqual({ 'error.type': 'unsure' });
    expect(span?.events).toEqual([]);
    expect(span?.status).toEqual({ code: 2 });
  });

  it('stands in the log lines that are written within', async () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line) => lines.push(line) });
    await tracedFrom(headers, 'POST', {}, async () => log.info('within'));
    log.info('after');
    expect(lines.map((line) => JSON.parse(line).traceId)).toEqual([trace, undefined]);
  });
});
