import type { PromisedIssue } from '../core/access.ts';
import type { Desk } from '../core/ports/desk.ts';
import type { AccessStore, PeerStore } from '../core/ports/store.ts';
import { onSale } from '../core/vless-sale.ts';
import { type ChangeDeviceDeps, createChangeDevice } from './change-device.ts';
import { chooseLanguage } from './choose-language.ts';
import { createIssueAccess, type IssueAccessDeps } from './issue-access.ts';
import type { LivingMessages } from './living-messages.ts';
import { type ShowAccountDeps, showAccount } from './show-account.ts';
import { createShowLinks, type ShowLinksDeps } from './show-links.ts';

export type DeskDeps = Omit<IssueAccessDeps, 'protocols'> &
  ChangeDeviceDeps &
  ShowAccountDeps &
  ShowLinksDeps & {
    readonly store: AccessStore;
    readonly peers: Pick<PeerStore, 'saveLivingMessage'>;
    readonly living: LivingMessages;
  };

/** Every use case a conversation can ask for, in one place. */
export function createDesk(deps: DeskDeps): Desk {
  const protocols = onSale(deps.vless);
  const issue = createIssueAccess({ ...deps, protocols });
  const change = createChangeDevice(deps);

  /** Whoever asked is about to be told "preparing"; the delivery will want that message. */
  async function awaited<Outcome extends { readonly kind: string }>(
    asked: Promise<Outcome>,
  ): Promise<Outcome> {
    const outcome = await asked;
    if ('issue' in outcome) deps.living.expect((outcome.issue as PromisedIssue).issueId);
    return outcome;
  }

  return {
    protocols,
    ...createShowLinks(deps),
    startTrial: (visit) => awaited(issue.startTrial(visit)),
    addDevice: (visit, protocol) => awaited(issue.addDevice(visit, protocol)),
    reissueKey: (visit, device) => awaited(change.reissue(visit, device)),
    renameDevice: change.rename,
    pauseDevice: change.pause,
    resumeDevice: change.resume,
    revokeDevice: change.revoke,
    chooseLanguage: (visit, language) => chooseLanguage(deps.store, visit, language),
    account: (id) => showAccount(deps, id),
    markBlocked: (id, blocked) => deps.store.markBlocked(id, blocked),
    async saveLivingMessage(id, messageId) {
      deps.living.sent(id, messageId);
      await deps.peers.saveLivingMessage(id, messageId);
    },
  };
}
