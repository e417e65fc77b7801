import { type Logger, pino, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Log } from '../../core/ports/log.ts';
import { printable } from './printable.ts';
import { createScrub } from './scrub.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'json' | 'pretty';
  /** Takes one finished line with its newline. Default: standard output, written before the call returns. */
  readonly write?: (line: string) => void;
  /** Takes each line as JSON besides, secrets gone; for the dashboard's log of the last hour. */
  readonly tap?: (line: string) => void;
  /** Values that must never be printed: bot token, passwords, keys. At least 6 characters each. */
  readonly secrets: readonly string[];
}

/** Characters kept for an output that takes nothing for a while; lines beyond are lost. */
const MOST_UNWRITTEN = 1024 * 1024;

type Level = 'debug' | 'info' | 'warn' | 'error';

/**
 * The log by pino, in this thread: its transports need worker files, which a compiled binary has not.
 * A line that cannot be written is lost; the program goes on.
 */
export function createLog(options: LogOptions): Log {
  const scrub = createScrub(options.secrets);
  const render = options.format === 'pretty' ? readable() : (line: string) => line;
  const write = options.write ?? standardOutput();
  const stream = {
    write(line: string) {
      options.tap?.(scrub(line));
      write(scrub(render(line)));
    },
  };
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    stream,
  );
  return withFields(logger, {});
}

function withFields(logger: Logger, bound: Record<string, unknown>): Log {
  const at = (level: Level) => (fields: Record<string, unknown>, message: string) => {
    if (logger.isLevelEnabled(level)) logger[level]({ ...bound, ...printable(fields) }, message);
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => withFields(logger, { ...bound, ...printable(fields) }),
  };
}

function readable(): (line: string) => string {
  return prettyFactory({ colorize: false, translateTime: 'SYS:HH:MM:ss.l', singleLine: true });
}

function standardOutput(): (line: string) => void {
  const destination = pino.destination({
    dest: 1,
    sync: true,
    // Both defaults hurt while the output is stuck: memory without bound, and a sleep that blocks the event loop.
    maxLength: MOST_UNWRITTEN,
    retryEAGAIN: () => false,
  });
  // A full disk is an error event: unheard, it would end the program.
  destination.on('error', () => {});
  return (line) => {
    destination.write(line);
  };
}
