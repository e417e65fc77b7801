import { AppError } from '../../src/server/core/errors.ts';
import type { ChatId } from '../../src/server/core/ids.ts';
import type { Courier, DeliveryOutcome, LinkParcel, Parcel } from '../../src/server/core/ports/courier.ts';
import type { Life } from './crash-plan.ts';

export interface ChatMessage {
  readonly id: number;
  readonly chatId: ChatId;
  readonly kind: 'document' | 'link' | 'photo' | 'text';
  readonly deviceId: string | null;
  readonly fileName: string | null;
  /** A config, what a QR says, or a text. */
  content: string;
  deleted: boolean;
}

/** What users hold in their chats, and what Telegram does to the next calls. It outlives a crash. */
export interface CourierWorld {
  readonly messages: ChatMessage[];
  readonly blocked: Set<ChatId>;
  /** Milliseconds to wait, told instead of delivering. */
  readonly later: Map<ChatId, number>;
  /** The nth document from now on (1 is the next) is refused, or is taken and the answer lost. */
  /** The same for links. */
  documents: { failAt: number | null; loseAnswerAt: number | null; sent: number };
  /** Awaited before each document: a test can hold deliveries back. */
  beforeDocument: (parcel: Parcel | LinkParcel) => Promise<void>;
  send(message: Omit<ChatMessage, 'id' | 'deleted'>): number;
  /** Documents that stand in the chat, oldest first. */
  documentsOf(chat: ChatId): readonly ChatMessage[];
  /** Links that stand in the chat, oldest first. */
  linksOf(chat: ChatId): readonly ChatMessage[];
}

export function createCourierWorld(): CourierWorld {
  const messages: ChatMessage[] = [];
  const standing = (chat: ChatId, kind: ChatMessage['kind']) =>
    messages.filter((each) => each.chatId === chat && each.kind === kind && !each.deleted);
  return {
    messages,
    blocked: new Set(),
    later: new Map(),
    documents: { failAt: null, loseAnswerAt: null, sent: 0 },
    beforeDocument: async () => undefined,
    send(message) {
      const id = messages.length + 1;
      messages.push({ ...message, id, deleted: false });
      return id;
    },
    documentsOf: (chat) => standing(chat, 'document'),
    linksOf: (chat) => standing(chat, 'link'),
  };
}

/** Says in bytes what it was given, so that a test can read it. */
export const plainQr = async (text: string) => new TextEncoder().encode(text);

/** Delivers into the world; each thing sent, edited or deleted is an effect of its own. */
export function createMemoryCourier(world: CourierWorld, life: Life): Courier {
  async function sendDocument(message: Omit<ChatMessage, 'id' | 'deleted'>): Promise<number> {
    world.documents.sent += 1;
    const count = world.documents.sent;
    if (count === world.documents.failAt) throw new AppError('unavailable', 'Telegram does not answer.');
    const id = world.send(message);
    if (count === world.documents.loseAnswerAt) throw new AppError('timeout', 'Telegram took too long.');
    return id;
  }

  async function refusal(parcel: Parcel | LinkParcel): Promise<DeliveryOutcome | null> {
    await world.beforeDocument(parcel);
    if (world.blocked.has(parcel.chatId)) return { kind: 'blocked' };
    const retryAfterMs = world.later.get(parcel.chatId);
    return retryAfterMs === undefined ? null : { kind: 'later', retryAfterMs };
  }

  async function showRest({ chatId, deviceId, ...parcel }: Parcel | LinkParcel): Promise<void> {
    const content = new TextDecoder().decode(await parcel.qrPng());
    await life.effect('courier.photo', () =>
      world.send({ chatId, kind: 'photo', deviceId, fileName: null, content }),
    );
    const livingMessageId = await parcel.livingMessageId();
    if (livingMessageId !== null) {
      await life.effect('courier.edit', () => void edit(world, livingMessageId, 'ready'));
    }
  }

  return {
    async deliver(parcel, onDocument) {
      const { chatId, deviceId, fileName, configText, deadDocumentId } = parcel;
      const refused = await refusal(parcel);
      if (refused) return refused;
      if (deadDocumentId !== null) {
        await life.effect('courier.delete', () => void remove(world, deadDocumentId));
      }
      const document = { chatId, kind: 'document', deviceId, fileName, content: configText } as const;
      await onDocument(await life.effect('courier.document', () => sendDocument(document)));
      await showRest(parcel);
      return { kind: 'delivered' };
    },
    async deliverLink(parcel, onLink) {
      const { chatId, deviceId, link, sentMessageId } = parcel;
      const refused = await refusal(parcel);
      if (refused) return refused;
      if (sentMessageId === null) {
        const message = { chatId, kind: 'link', deviceId, fileName: null, content: link } as const;
        await onLink(await life.effect('courier.link', () => sendDocument(message)));
      }
      await showRest(parcel);
      return { kind: 'delivered' };
    },
    async tellEnding({ chatId, ending }) {
      if (world.blocked.has(chatId)) return { kind: 'blocked' };
      const retryAfterMs = world.later.get(chatId);
      if (retryAfterMs !== undefined) return { kind: 'later', retryAfterMs };
      await life.effect('courier.ending', () =>
        world.send({ chatId, kind: 'text', deviceId: null, fileName: null, content: ending }),
      );
      return { kind: 'delivered' };
    },
    async apologise({ livingMessageId }) {
      if (livingMessageId !== null) edit(world, livingMessageId, 'sorry');
    },
  };
}

const find = (world: CourierWorld, id: number) => world.messages.find((each) => each.id === id);

function remove(world: CourierWorld, id: number): void {
  const message = find(world, id);
  if (message) message.deleted = true;
}

function edit(world: CourierWorld, id: number, content: string): void {
  const message = find(world, id);
  if (message && !message.deleted) message.content = content;
}
