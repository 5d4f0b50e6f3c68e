/**
 * JSON lines on standard error, so that standard output stays for what a command answers.
 * error = a human must act now; warn = degraded, heals itself; info = a state changed; debug = decisions.
 */
import { pino, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** Paths that can carry a secret and are never printed. */
const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  '*.credential',
  '*.joinToken',
  '*.token',
  '*.password',
];

export function createLogger(role: string, level: LogLevel): Logger {
  return pino(
    {
      name: 'homeward',
      level,
      base: { role },
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { err: plainError },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** What every error has, and nothing that a library hung on it: a database error carries the statement's parameters. */
export function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const { code } = error as { readonly code?: unknown };
  return { name, message, stack, ...(typeof code === 'string' && { code }) };
}
