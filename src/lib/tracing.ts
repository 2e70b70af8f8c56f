import { type Attributes, context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** Where it leads: work of our own, a call that we answer, or one that we make. */
const kinds = { own: SpanKind.INTERNAL, answers: SpanKind.SERVER, calls: SpanKind.CLIENT };

/**
 * Does the work as a span of the trace that is under way, or of a new one. Without somebody to send traces to (src/main/traces.ts) this is
 * a plain call. What goes wrong is told by its kind alone: texts of errors may hold what nobody shall read elsewhere.
 *
 * @param about  ids and counts, never what people or products have written
 */
export function traced<T>(
  name: string,
  about: Attributes,
  work: (span: Span) => Promise<T>,
  kind: keyof typeof kinds = 'own',
): Promise<T> {
  return trace.getTracer('pitcrew').startActiveSpan(name, { kind: kinds[kind], attributes: about }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setAttribute('error.type', kindOf(error)).setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The same, as a part of the trace that a call says it belongs to (`traceparent`). */
export function tracedFrom<T>(
  headers: Record<string, unknown>,
  name: string,
  about: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return context.with(propagation.extract(context.active(), headers), () => traced(name, about, work, 'answers'));
}

/** Of the span that is under way, for log lines. */
export function traceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'fault';
  return 'kind' in error && typeof error.kind === 'string' ? error.kind : error.name;
}
