import type { Supervisor } from '../../core/ports/supervisor.ts';
import { sendUnixDatagram } from './libc.ts';

/** systemd as supervisor, see sd_notify(3). `socketPath` is NOTIFY_SOCKET of the environment; unset or empty, every call does nothing. */
export function createSdNotify(socketPath: string | undefined): Supervisor {
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

/**
 * How long systemd waits for a WATCHDOG=1, in milliseconds: WATCHDOG_USEC of the environment, when WATCHDOG_PID does not
 * name somebody else. Null: it does not watch. See sd_watchdog_enabled(3).
 */
export function watchdogPatience(
  { usec, pid }: { readonly usec: string | undefined; readonly pid: string | undefined },
  ownPid: number,
): number | null {
  if (pid && Number(pid) !== ownPid) return null;
  const ms = Number(usec) / 1_000;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
