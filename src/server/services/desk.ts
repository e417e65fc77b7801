import type { Desk } from '../core/ports/desk.ts';
import type { AccessStore, PeerStore } from '../core/ports/store.ts';
import { type ChangeDeviceDeps, createChangeDevice } from './change-device.ts';
import { chooseLanguage } from './choose-language.ts';
import { createIssueAccess, type IssueAccessDeps } from './issue-access.ts';
import { type ShowAccountDeps, showAccount } from './show-account.ts';

export type DeskDeps = IssueAccessDeps &
  ChangeDeviceDeps &
  ShowAccountDeps & { readonly store: AccessStore; readonly peers: Pick<PeerStore, 'saveLivingMessage'> };

/** Every use case a conversation can ask for, in one place. */
export function createDesk(deps: DeskDeps): Desk {
  const issue = createIssueAccess(deps);
  const change = createChangeDevice(deps);
  return {
    startTrial: issue.startTrial,
    addDevice: issue.addDevice,
    reissueKey: change.reissue,
    renameDevice: change.rename,
    pauseDevice: change.pause,
    resumeDevice: change.resume,
    revokeDevice: change.revoke,
    chooseLanguage: (visit, language) => chooseLanguage(deps.store, visit, language),
    account: (id) => showAccount(deps, id),
    markBlocked: (id, blocked) => deps.store.markBlocked(id, blocked),
    saveLivingMessage: (id, messageId) => deps.peers.saveLivingMessage(id, messageId),
  };
}
