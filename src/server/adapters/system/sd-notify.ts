import { sendUnixDatagram } from './libc.ts';

/** Tells systemd how the service does; see sd_notify(3). Every call is one datagram, never waits, never throws. */
export interface SdNotify {
  ready(): void;
  stopping(): void;
  /** To be sent more often than WatchdogSec, by whoever knows that the program is alive. */
  watchdog(): void;
  /** One line shown by `systemctl status`. */
  status(line: string): void;
}

/** `socketPath` is NOTIFY_SOCKET of the environment; unset or empty, every call does nothing. */
export function createSdNotify(socketPath: string | undefined): SdNotify {
  const send = (text: string) => {
    if (socketPath) sendUnixDatagram(socketPath, text);
  };
  return {
    ready: () => send('READY=1'),
    stopping: () => send('STOPPING=1'),
    watchdog: () => send('WATCHDOG=1'),
    status: (line) => send(`STATUS=${line.replaceAll('\n', ' ')}`),
  };
}
