import type { IconName } from './icons.tsx';
import { paths } from './paths.ts';

/** The pages of the menu, in its order. `key` follows `g` on the keyboard. The word is `nav-<name>`. */
export interface Place {
  readonly name: IconName;
  readonly path: string;
  readonly key: string;
}

export const places: readonly Place[] = [
  { name: 'overview', path: paths.overview, key: 'o' },
  { name: 'accounts', path: paths.accounts, key: 'a' },
  { name: 'peers', path: paths.peers, key: 'p' },
  { name: 'jobs', path: paths.jobs, key: 'j' },
  { name: 'pools', path: paths.pools, key: 'i' },
  { name: 'nodes', path: paths.nodes, key: 'n' },
  { name: 'plans', path: paths.plans, key: 't' },
  { name: 'audit', path: paths.audit, key: 'u' },
  { name: 'settings', path: paths.settings, key: 's' },
  { name: 'logs', path: paths.logs, key: 'l' },
];

/** The place of the menu a page belongs to: `/peers/7?x=1` is at `/peers`. */
export function isAt(place: Place, path: string): boolean {
  const own = path.split('?', 1)[0]!;
  return place.path === '/' ? own === '/' : own === place.path || own.startsWith(`${place.path}/`);
}
