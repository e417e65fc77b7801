import { formatAddress, formatCidr, networkOf, parseCidr } from './cidr.ts';
import { addressesOf, blockedNetworks, type ServerInterface } from './server-interface.ts';

/** The nft table that belongs to this interface and to nobody else. */
export const firewallTable = (interfaceName: string): string => `adit_${interfaceName}`;

/**
 * The table `inet adit_<interface>`, in the very form `nft list table` prints, so that the two can be compared.
 *
 * Peers reach the internet and, when allowed, a resolver on the server's address; they may ping that address.
 * They never reach each other, the rest of the host, or the blocked networks, and nobody opens a connection
 * to them from outside. An `accept` here ends this table only: other tables still have their say.
 */
export function renderFirewall(server: ServerInterface): string {
  const chains = [inputChain(server), forwardChain(server), ...(server.nat ? [natChain(server)] : [])];
  return `table inet ${firewallTable(server.name)} {\n${chains.join('\n')}}\n`;
}

/** A ruleset for `nft -f` that puts the table in place in one transaction, whatever was there before. */
export function firewallReplacement(server: ServerInterface): string {
  return `${firewallRemoval(server.name)}${renderFirewall(server)}`;
}

/** A ruleset for `nft -f` that takes the table away; it may be missing. */
export function firewallRemoval(interfaceName: string): string {
  const table = `table inet ${firewallTable(interfaceName)}`;
  // Deleting a missing table fails; adding a present one does not.
  return `add ${table}\ndelete ${table}\n`;
}

/** The ruleset as one line for a shell inside wg-quick, which ends lines at `#` and has no need of one here. */
export const asOneLine = (ruleset: string): string =>
  ruleset
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ');

function inputChain(server: ServerInterface): string {
  const own = addressesOf(server).map(hostMatch);
  const dns = server.dnsToHost
    ? own.flatMap((match) => [`${match} udp dport 53 accept`, `${match} tcp dport 53 accept`])
    : [];
  return chain('input', 'type filter hook input priority filter; policy accept;', [
    `iifname != "${server.name}" accept`,
    'ct state established,related accept',
    ...dns,
    ...own.map((match) => `${match} ${echoRequest(match)} accept`),
    'drop',
  ]);
}

function forwardChain(server: ServerInterface): string {
  const wg = `"${server.name}"`;
  return chain('forward', 'type filter hook forward priority filter; policy accept;', [
    `iifname ${wg} oifname ${wg} drop`,
    ...blockedNetworks(server).map((network) => `iifname ${wg} ${family(network)} daddr ${network} drop`),
    `oifname ${wg} ct state established,related accept`,
    `oifname ${wg} drop`,
  ]);
}

function natChain(server: ServerInterface): string {
  const rules = addressesOf(server).map((address) => {
    const pool = formatCidr(networkOf(parseCidr(address)));
    // What the server says to itself, from its own address in the pool, keeps that address.
    return `${family(pool)} saddr ${pool} oifname != { "lo", "${server.name}" } masquerade`;
  });
  return chain('postrouting', 'type nat hook postrouting priority srcnat; policy accept;', rules);
}

function chain(name: string, head: string, rules: readonly string[]): string {
  const lines = [head, ...rules].map((line) => `\t\t${line}\n`).join('');
  return `\tchain ${name} {\n${lines}\t}\n`;
}

const family = (network: string): 'ip' | 'ip6' => (network.includes(':') ? 'ip6' : 'ip');

const hostMatch = (address: string): string =>
  `${family(address)} daddr ${formatAddress(parseCidr(address).address)}`;

const echoRequest = (match: string): string =>
  match.startsWith('ip6') ? 'icmpv6 type echo-request' : 'icmp type echo-request';
