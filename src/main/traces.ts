import type { Logger } from '../lib/logger';

/** What waits to be sent when the program stops is waited for so long. */
const lastWithinMs = 2_000;

/**
 * Sends traces to a collector, as OTLP over HTTP. The libraries for it are loaded here only, and read the usual OTEL_* variables
 * themselves: headers, how many are sampled, more attributes of the resource.
 *
 * @returns how to send what is left, and stop
 */
export async function startTraces(to: { url: string; version: string; log: Logger }): Promise<() => Promise<void>> {
  const [{ diag, DiagLogLevel }, { BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const quiet = () => undefined;
  const warn = (said: string) => to.log.warn({ said }, 'traces.not-sent');
  diag.setLogger({ error: warn, warn, info: quiet, debug: quiet, verbose: quiet }, { logLevel: DiagLogLevel.WARN });
  const own = resources.resourceFromAttributes({ 'service.name': 'pitcrew', 'service.version': to.version });
  const provider = new NodeTracerProvider({
    resource: own.merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: to.url }))],
  });
  provider.register();
  to.log.info({ to: new URL(to.url).host }, 'traces.started');
  return async () => {
    const late = new Promise<void>((resolve) => setTimeout(resolve, lastWithinMs).unref());
    await Promise.race([provider.shutdown().catch((error) => warn(String(error))), late]);
  };
}
