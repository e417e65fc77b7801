/** Structured logging. Fields named token, secret, password, privateKey or authorization are redacted. */
export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
  /** A log that adds these fields to each line. */
  child(fields: Record<string, unknown>): Log;
}
