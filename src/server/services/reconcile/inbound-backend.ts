import { type NodeId, peerId } from '../../core/ids.ts';
import type { Backend, Wanted } from '../../core/ports/backend.ts';
import type { Inbound, InboundUser, LiveUser } from '../../core/ports/inbound.ts';
import type { UserStore, WantedUser } from '../../core/ports/user-store.ts';
import { sameUser, type ToInboundUser } from '../../core/xray-user.ts';

export interface InboundBackendDeps {
  readonly node: NodeId;
  readonly users: Pick<UserStore, 'wanted' | 'standing'>;
  readonly inbound: Pick<Inbound, 'read' | 'apply'>;
  readonly toUser: ToInboundUser;
  /** Which start of the server was read last. */
  noteBoot(bootId: string): void;
}

/** What the e-mail of a user of ours looks like: the id of its peer. Any other one is a stranger's. */
const PEER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An Xray inbound as a reconcile sees it. Keys are e-mails; what must fit are user id and flow. */
export function createInboundBackend(deps: InboundBackendDeps): Backend<InboundUser, LiveUser> {
  const { node, users, inbound, toUser } = deps;
  return {
    node,
    protocol: 'vless',
    keyOfWanted: (user) => user.email,
    keyOfLive: (user) => user.email,
    same: sameUser,
    describe,
    // The server is its owner's to start.
    ensureUp: async () => undefined,
    async read(signal) {
      const state = await inbound.read(signal);
      deps.noteBoot(state.bootId);
      return state.users;
    },
    async *wanted() {
      for await (const page of users.wanted(node)) yield page.map((each) => withIdOf(each, toUser));
    },
    standing: (keys) => users.standing(node, keys.filter((key) => PEER_ID.test(key)).map(peerId)),
    apply: ({ remove, add }, signal) => inbound.apply({ remove, add: add.map(onlyUser) }, signal),
    bringConfig: async () => 'same',
    allowedIpsOf: () => [],
  };
}

const withIdOf = (user: WantedUser, toUser: ToInboundUser): Wanted<InboundUser> => ({
  ...toUser(user),
  applied: user.applied,
});

/** Whether it was applied before is not the server's business. */
const onlyUser = ({ email, vlessId, flow }: InboundUser): InboundUser => ({ email, vlessId, flow });

/** Which id it is must not be told: whoever knows one can connect. */
function describe(wanted: InboundUser | null, live: LiveUser | null): string {
  if (wanted === null || live === null) return flowOf(wanted ?? live);
  return live.flow === wanted.flow ? 'another id' : `${flowOf(live)}; wanted: ${flowOf(wanted)}`;
}

const flowOf = (user: { readonly flow: string } | null) => (user?.flow ? `flow ${user.flow}` : 'no flow');
