/**
 * What users hold at rest. Telegram gives no way to send a document once for certain: when the process is killed, or the
 * answer lost, between Telegram's taking it and our noting its id, another one follows with another key. So what is
 * promised is: each issue has one document that is noted, earlier noted ones were deleted; whatever else lies in
 * the chat has a dead key; and each device that is on has exactly one config that works, its newest issue's.
 */
import { expect } from 'bun:test';
import type { AditRig } from '../support/adit-rig.ts';
import { readConfig } from '../support/whole-invariants.ts';

export interface Held {
  readonly messageId: number;
  readonly text: string;
}

/** Every document in the chats of these users, in their order. */
export async function readHeld(
  rig: AditRig,
  users: readonly number[],
): Promise<readonly (readonly Held[])[]> {
  const held: (readonly Held[])[] = [];
  for (let at = 0; at < users.length; at += 20) {
    const group = users.slice(at, at + 20);
    held.push(...(await Promise.all(group.map((user) => documentsOf(rig, user)))));
  }
  return held;
}

async function documentsOf(rig: AditRig, user: number): Promise<readonly Held[]> {
  const messages = await rig.control.messages(user);
  return Promise.all(
    messages
      .filter((each) => each.document)
      .map(async (each) => ({
        messageId: each.message_id,
        text: await rig.control.file(each.document!.file_id),
      })),
  );
}

interface WantedPeer {
  readonly account: number;
  readonly key: string;
  readonly address: string;
  /** The document of the newest issue of this peer. */
  readonly document: number | null;
}

export async function expectDeliveries(rig: AditRig, users: readonly number[]): Promise<string> {
  const wanted = await wantedOf(rig);
  const noted = await notedOf(rig);
  const held = await readHeld(rig, users);
  const problems: string[] = [];
  let unnoted = 0;
  for (const [at, user] of users.entries()) {
    const own = wanted.filter((each) => each.account === user);
    const configs = held[at]!.map((each) => ({ ...each, ...readConfig(each.text) }));
    for (const peer of own) {
      const working = configs.filter((each) => each.key === peer.key && each.address === peer.address);
      const ids = working.map((each) => each.messageId);
      if (ids.length !== 1 || ids[0] !== peer.document) {
        problems.push(`user ${user}: documents ${ids} work for one device, noted is ${peer.document}`);
      }
    }
    const missing = (noted.get(user) ?? []).filter((id) => !configs.some((each) => each.messageId === id));
    for (const id of missing) problems.push(`user ${user}: the noted document ${id} is not in the chat`);
    unnoted += configs.filter((each) => !noted.get(user)?.includes(each.messageId)).length;
  }
  expect(problems).toEqual([]);
  const documents = held.flat().length;
  return `${wanted.length} devices on, ${documents} documents, ${unnoted} of them sent and never noted, all of those dead`;
}

async function wantedOf(rig: AditRig): Promise<readonly WantedPeer[]> {
  const rows = await rig.sql`
    select d.account_id::int as account, p.public_key as key, host(p.ip4) || '/32' as address,
           (select i.document_message_id::int from adit.issues i
             where i.peer_id = p.id and i.superseded_at is null
             order by i.document_message_id desc nulls first limit 1) as document
      from adit.peers p join adit.devices d on d.id = p.device_id where p.wanted`;
  return rows as unknown as readonly WantedPeer[];
}

/** Documents of issues, by account. */
async function notedOf(rig: AditRig): Promise<ReadonlyMap<number, readonly number[]>> {
  const rows = await rig.sql`
    select account_id::int as account, array_agg(document_message_id::int) as documents from adit.issues
     where document_message_id is not null and superseded_at is null group by account_id`;
  return new Map(rows.map((row) => [row.account, row.documents]));
}
