/** Branded identifiers: two of them never mix, though all are plain strings and numbers at run time. */
declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** A Telegram user id: an integer below 2^52. */
export type AccountId = Branded<number, 'AccountId'>;
/** A Telegram chat id; equals the account id in a private chat. */
export type ChatId = Branded<number, 'ChatId'>;
export type UpdateId = Branded<number, 'UpdateId'>;
/** A short slug: `local` for the node of this very process. */
export type NodeId = Branded<string, 'NodeId'>;
export type PoolId = Branded<number, 'PoolId'>;
/** UUID v7, so that ids sort by time. */
export type SubscriptionId = Branded<string, 'SubscriptionId'>;
export type DeviceId = Branded<string, 'DeviceId'>;
export type PeerId = Branded<string, 'PeerId'>;
export type IssueId = Branded<string, 'IssueId'>;
/** Somebody who works with the dashboard; UUID v7. */
export type OperatorId = Branded<string, 'OperatorId'>;
/** One login of an operator on one browser; UUID v7. Not the token: knowing it opens nothing. */
export type SessionId = Branded<string, 'SessionId'>;
/** A WireGuard public key: 32 bytes as 44 characters of base64. */
export type PublicKey = Branded<string, 'PublicKey'>;
/** A WireGuard private key, same shape. It lives in memory only: never in a log, an argv or a table. */
export type PrivateKey = Branded<string, 'PrivateKey'>;

export const accountId = (value: number): AccountId => value as AccountId;
export const chatId = (value: number): ChatId => value as ChatId;
export const updateId = (value: number): UpdateId => value as UpdateId;
export const nodeId = (value: string): NodeId => value as NodeId;
export const poolId = (value: number): PoolId => value as PoolId;
export const subscriptionId = (value: string): SubscriptionId => value as SubscriptionId;
export const deviceId = (value: string): DeviceId => value as DeviceId;
export const peerId = (value: string): PeerId => value as PeerId;
export const issueId = (value: string): IssueId => value as IssueId;
export const operatorId = (value: string): OperatorId => value as OperatorId;
export const sessionId = (value: string): SessionId => value as SessionId;

/** A VLESS user id: a UUID that whoever holds it may connect with. Like a private key: never in a log, an argv or a table. */
export type VlessId = Branded<string, 'VlessId'>;

/** The WireGuard node of this process; remote nodes come with the fleet. */
export const LOCAL_NODE = nodeId('local');
/** The Xray this process drives, on this machine or another. */
export const XRAY_NODE = nodeId('xray');
