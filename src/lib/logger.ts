import pino from 'pino';

export type Logger = pino.Logger;

/**
 * JSON lines on stderr, so that stdout stays free for what a command prints.
 * A fixed message plus fields: `log.info({ incidentId }, 'incident.decided')`. `error` means our bug; a person's mistake is `info`.
 */
export function createLogger(level = 'info', destination: pino.DestinationStream = pino.destination(2)): Logger {
  return pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
