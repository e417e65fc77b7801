import type {
  AccountModel,
  AccountRow,
  AccountState,
  AccountsModel,
  PeerModel,
  PeerRow,
  PeerState,
  PeersModel,
} from '../dashboard/models/people.ts';
import { ago, daysAgo, daysAhead } from './moments.ts';

const NAMES = ['Maria', 'Пётр', 'Anna-Lena Vogel', 'José', 'Ольга Смирнова', 'Kim', 'زهرا', ''];
const DEVICES = ['Phone', 'Ноутбук', 'Work laptop', 'iPad', 'Router at home'];
const ACCOUNT_STATES: readonly AccountState[] = [
  'active',
  'active',
  'active',
  'expired',
  'limited',
  'paused',
  'none',
  'blocked',
];
const PEER_STATES: readonly PeerState[] = [
  'applied',
  'applied',
  'applied',
  'pending',
  'late',
  'paused',
  'removing',
  'gone',
];

const pick = <T>(values: readonly T[], index: number): T => values[index % values.length]!;

export function accountRow(index: number): AccountRow {
  const state = pick(ACCOUNT_STATES, index);
  return {
    id: String(100_200_300 + index * 7_919),
    name: pick(NAMES, index),
    username: index % 3 === 0 ? `user_${index}` : null,
    state,
    plan: state === 'none' ? null : index % 2 ? 'trial' : 'month',
    until: state === 'none' ? null : state === 'expired' ? daysAgo(index % 30) : daysAhead(1 + (index % 40)),
    devices: state === 'none' ? 0 : 1 + (index % 3),
    createdAt: daysAgo(index),
  };
}

export function peerRow(index: number): PeerRow {
  const state = pick(PEER_STATES, index);
  const isGone = state === 'gone' || state === 'removing';
  return {
    id: `0197a3e0-77aa-7b11-8a55-${String(index).padStart(12, '0')}`,
    device: pick(DEVICES, index),
    accountId: String(100_200_300 + index * 7_919),
    accountName: pick(NAMES, index),
    node: index % 7 === 5 ? 'xray' : 'local',
    protocol: index % 7 === 5 ? 'vless' : 'wireguard',
    ip4: index % 7 === 5 ? null : `10.66.${Math.floor(index / 250)}.${2 + (index % 250)}`,
    ip6: index % 2 && index % 7 !== 5 ? `fd00:66::${(index + 2).toString(16)}` : null,
    publicKey: state === 'pending' ? null : 'm2n8Jk1x0dT5Rb6yYVw0sN3cQz7uE4hLr9AtfGpKX1s=',
    wanted: !isGone,
    state,
    changedAt: ago(300 + index * 60),
    createdAt: daysAgo(index % 60),
    handshakeAt: state === 'applied' ? ago(7 + index * 13) : null,
    receivedBytes: state === 'pending' ? null : index * 1_234_567,
    sentBytes: state === 'pending' ? null : index * 23_456_789,
  };
}

const many = <T>(length: number, row: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => row(index));

export const accounts: AccountsModel = {
  filters: { sort: 'newest' },
  page: { rows: many(50, accountRow), next: 'more', prev: null, total: 1_204 },
};

export const accountsNone: AccountsModel = {
  filters: {},
  page: { rows: [], next: null, prev: null, total: 0 },
};

export const accountsNoMatch: AccountsModel = { ...accountsNone, filters: { q: 'nobody', state: 'active' } };

export const account: AccountModel = {
  account: { ...accountRow(0), username: 'maria', devices: 3 },
  language: 'ru',
  subscriptionLink: { createdAt: daysAgo(9), fetchedAt: daysAgo(1) },
  devices: [0, 3, 5].map((index) => ({ ...peerRow(index), device: pick(DEVICES, index) })),
  subscriptions: [
    { plan: 'month', startsAt: daysAgo(3), endsAt: daysAhead(27), ...used(41_000_000_000, 100_000_000_000) },
    { plan: 'trial', startsAt: daysAgo(9), endsAt: daysAgo(6), ...used(5_000_400_000, 5_000_000_000) },
    { plan: 'gift', startsAt: daysAgo(20), endsAt: daysAgo(10), ...used(812_345, null) },
  ],
  history: [
    { at: ago(300), kind: 'reissued', values: {}, operator: 'olga' },
    { at: daysAgo(3), kind: 'granted', values: { days: 30, reason: 'paid in cash' }, operator: 'olga' },
    { at: daysAgo(9), kind: 'delivered', values: {}, operator: null },
    { at: daysAgo(9), kind: 'issued', values: {}, operator: null },
  ],
  notes: [{ at: daysAgo(2), operator: 'olga', text: 'Friend of Ivan.\nAsks for a second phone.' }],
  form: { values: {}, problem: null },
};

export const accountRefused: AccountModel = {
  ...account,
  subscriptionLink: null,
  devices: [],
  subscriptions: [],
  notes: [],
  history: [],
  account: { ...account.account, state: 'paused', devices: 0 },
  form: {
    values: { days: '-4', reason: 'typed already', note: 'a note typed already' },
    problem: { field: 'days', text: 'Days: a whole number from 1 to 3650.' },
  },
};

export const peers: PeersModel = {
  filters: { sort: 'handshake', state: '' },
  nodes: ['local', 'berlin'],
  page: { rows: many(50, peerRow), next: 'more', prev: 'less', total: 10_000 },
};

export const peersNone: PeersModel = {
  filters: {},
  nodes: ['local'],
  page: { rows: [], next: null, prev: null, total: 0 },
};

export const peer: PeerModel = {
  peer: { ...peerRow(1), state: 'late' },
  generation: 3,
  appliedGeneration: 2,
  appliedAt: daysAgo(2),
  endpoint: '203.0.113.80:41820',
  history: [
    { at: ago(360), kind: 'reissued', values: {}, operator: 'olga' },
    { at: daysAgo(2), kind: 'applied', values: { node: 'local' }, operator: null },
    { at: daysAgo(2), kind: 'issued', values: {}, operator: null },
  ],
  can: { reissue: true, revoke: true },
};

function used(usedBytes: number, limitBytes: number | null) {
  return { usedBytes, limitBytes, usedUp: limitBytes !== null && usedBytes >= limitBytes };
}
