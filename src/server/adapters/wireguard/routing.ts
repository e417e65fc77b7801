import { firewallRemoval, firewallReplacement, firewallTable, renderFirewall } from '../../core/firewall.ts';
import { addressesOf, type ServerInterface } from '../../core/server-interface.ts';
import type { Command } from './commands.ts';

/**
 * Puts the interface's own nft table in place when the kernel's differs: a rule somebody took out comes back.
 * Where another `nft` prints rules in another form, the table is replaced each time, which nobody notices.
 */
export async function bringFirewall(
  command: Command,
  server: ServerInterface,
  signal?: AbortSignal,
): Promise<void> {
  const present = await command({
    argv: ['nft', 'list', 'table', 'inet', firewallTable(server.name)],
    name: 'nft.list',
    okCodes: [0, 1],
    signal,
  });
  if (present.stdout === renderFirewall(server)) return;
  await command({
    argv: ['nft', '-f', '-'],
    input: firewallReplacement(server),
    name: 'nft.replace',
    signal,
  });
}

export async function dropFirewall(command: Command, interfaceName: string): Promise<void> {
  await command({ argv: ['nft', '-f', '-'], input: firewallRemoval(interfaceName), name: 'nft.replace' });
}

/** Lets the machine pass packets on, which NAT needs. It is never turned off: others may need it too. */
export async function bringForwarding(
  command: Command,
  server: ServerInterface,
  signal?: AbortSignal,
): Promise<void> {
  if (!server.nat) return;
  const files = ['/proc/sys/net/ipv4/ip_forward'];
  if (addressesOf(server).some((address) => address.includes(':')))
    files.push('/proc/sys/net/ipv6/conf/all/forwarding');
  const present = await command({ argv: ['cat', ...files], name: 'forwarding', signal });
  if (/^(1\n)+$/.test(present.stdout)) return;
  await command({ argv: ['tee', ...files], input: '1\n', name: 'forwarding', signal });
}
