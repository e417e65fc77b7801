import type { SettingsModel } from '../../../../views/dashboard/models/machine.ts';
import type { AccessRules } from '../../../core/access.ts';
import type { DashboardReader } from '../../../core/ports/dashboard.ts';
import type { JobReader } from '../../../core/ports/job-desk.ts';
import type { LogHistory } from '../../../core/ports/log-history.ts';
import type { ReconcileReader } from '../../../core/ports/reconcile-desk.ts';
import type { StrangerPolicy } from '../../../core/strangers.ts';
import type { DrivenNode, LocalNodeState } from '../../../services/list-nodes.ts';
import type { NodeActivity } from '../../../services/node-activity.ts';
import type { OperateDeps } from '../../../services/operate/deps.ts';

/** What the pages read and do. */
export interface PagesDeps {
  readonly reader: DashboardReader;
  readonly reconcile: ReconcileReader;
  readonly jobs: JobReader;
  readonly activity: NodeActivity;
  readonly local: LocalNodeState;
  /** Nodes this process drives elsewhere. */
  readonly others: readonly DrivenNode[];
  readonly operate: OperateDeps;
  readonly logs: LogHistory;
  readonly settings: SettingsModel['groups'];
  /** FOREIGN_PEERS and FOREIGN_GRACE_SECONDS. */
  readonly strangers: { readonly policy: StrangerPolicy; readonly graceMs: number };
  readonly access: Pick<AccessRules, 'trialDays' | 'devicesPerAccount'>;
}

/** Rows of one page. */
export const PAGE_ROWS = 50;
