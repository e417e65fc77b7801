import type { CallRule } from '../../core/call-rules.ts';

const deadline = { setting: 'WG_COMMAND_TIMEOUT_MS', plusMs: 0 } as const;

/** Nothing here is tried again by itself: a job or the next comparison does, and each is safe to repeat. */
const rule = (name: string, asks: string): CallRule => ({
  name,
  door: 'process',
  asks,
  deadline,
  retries: 0,
});

export const WIREGUARD_CALLS: readonly CallRule[] = [
  rule('wg.show', 'the interface what it holds'),
  rule('wg.boot', 'since when the interface stands, before and after its counters are read'),
  rule('wg.set', 'the interface to drop peers, or to take key and port'),
  // A millisecond more a peer, of which there may be 65,536 at once.
  {
    ...rule('wg.addconf', 'the interface to take peers'),
    deadline: { setting: 'WG_COMMAND_TIMEOUT_MS', plusMs: 65_536 },
  },
  rule('wg.socket', 'whether a dead daemon left its socket, and to clear it'),
  rule('wireguard-go', 'to stand up a userspace interface'),
  rule('ip.show', 'the kernel what the interface is like'),
  rule('ip.link', 'the kernel to make or take away the interface'),
  rule('ip.batch', 'the kernel to give it addresses and MTU'),
  rule('nft.list', 'the firewall whether our table stands'),
  rule('nft.replace', 'the firewall to take our table as a whole'),
  rule('forwarding', 'the kernel to forward packets'),
  rule('backend.detect', 'the machine whether it can carry WireGuard'),
];
