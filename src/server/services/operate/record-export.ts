import type { Actor } from '../../core/audit.ts';
import type { OperateDeps } from './deps.ts';

/** A list left the house: who took it, and by which filters. */
export function recordExport(
  { store, clock }: OperateDeps,
  actor: Actor,
  list: string,
  filters: Readonly<Record<string, string>>,
): Promise<void> {
  return store.transaction((tx) =>
    tx.record({ at: clock.now(), actor, action: 'export', subject: `list:${list}`, details: filters }),
  );
}
