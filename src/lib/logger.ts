import pino from 'pino';
import { createRedactor, type Redactor, redactWithin } from './redact';
import { traceId } from './tracing';

export type Logger = pino.Logger;

/**
 * JSON lines on stderr, so that stdout stays free for what a command prints.
 * A fixed message plus fields: `log.info({ incidentId }, 'incident.decided')`. `error` means our bug; a person's mistake is `info`.
 * No field and no error brings a secret of a known kind into the log.
 */
export function createLogger(level = 'info', destination: pino.DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => {
        const id = traceId();
        return id === undefined ? {} : { traceId: id };
      },
      formatters: { log: (fields) => redactWithin(fields, redact) },
      serializers: { err: (error) => redactWithin<unknown>(pino.stdSerializers.err(error), redact) },
    },
    destination,
  );
}

/** Made by the first line that has fields: most commands write none. */
let redactor: Redactor | undefined;

function redact(text: string): string {
  redactor ??= createRedactor();
  return redactor.redact(text).text;
}
