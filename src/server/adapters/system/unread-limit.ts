import { readdirSync } from 'node:fs';
import { listeningPort, setTcpUserTimeout } from './libc.ts';

/**
 * Lets the kernel cut connections of this process' server on `port` whose other side takes nothing for `ms`, though
 * something waits for it: a page that never reads, a telephone that went into a tunnel. The kernel keeps up to 4 MB a
 * connection before the program notices that nobody reads; this way it is kept for seconds only. Slow readers are
 * safe: any byte taken starts the time anew. Linux 5.11 or later. False when no such server was found.
 */
export function limitUnread(port: number, ms: number): boolean {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => listeningPort(fd) === port)
    .map((fd) => setTcpUserTimeout(fd, ms))
    .some(Boolean);
}
