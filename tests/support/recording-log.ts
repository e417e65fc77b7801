import type { Log } from '../../src/server/core/ports/log.ts';

export interface RecordedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** Keeps every line, children's too. */
export function createRecordingLog(lines: RecordedLine[], bound: Record<string, unknown> = {}): Log {
  const at = (level: RecordedLine['level']) => (fields: Record<string, unknown>, message: string) => {
    lines.push({ level, fields: { ...bound, ...fields }, message });
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => createRecordingLog(lines, { ...bound, ...fields }),
  };
}
