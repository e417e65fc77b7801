/** Whoever started the program and starts it again, systemd mostly. Every call is one message; never waits, never throws. */
export interface Supervisor {
  ready(): void;
  stopping(): void;
  /** To be sent more often than the supervisor's limit, by whoever knows that the program gets on. */
  watchdog(): void;
  /** One line shown by `systemctl status`. */
  status(line: string): void;
}
