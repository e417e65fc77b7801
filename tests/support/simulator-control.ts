/** The users' side of a simulator that runs as a process of its own. */
import { eventually } from './eventually.ts';
import type { Place } from './place.ts';

export interface ChatMessage {
  readonly message_id: number;
  readonly from?: { readonly is_bot: boolean };
  readonly text?: string;
  readonly caption?: string;
  readonly document?: { readonly file_name: string; readonly file_id: string };
  readonly photo?: readonly { readonly file_id: string }[];
  readonly reply_markup?: { readonly inline_keyboard: readonly (readonly Button[])[] };
}

export interface Button {
  readonly text: string;
  readonly callback_data?: string;
}

export interface JournalEntry {
  readonly at: number;
  readonly method: string;
  readonly chatId: number | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly description: string | null;
}

export interface Wanted {
  readonly from?: 'bot' | 'user';
  readonly has?: 'text' | 'document' | 'photo' | 'buttons';
  readonly contains?: string;
  readonly matches?: string;
  readonly button?: string;
  readonly afterMessageId?: number;
}

export interface BurstResult {
  readonly users: number;
  readonly document: {
    readonly count: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
  };
  readonly photo: { readonly count: number; readonly p95: number };
  readonly withoutDocument: number;
}

export interface SimulatorControl {
  /** A user with this id; they have not written yet. */
  newUser(id: number, languageCode?: string, firstName?: string): Promise<void>;
  say(user: number, text: string): Promise<void>;
  /** The same; resolves with the id of the message. */
  write(user: number, text: string): Promise<number>;
  /** Presses the button whose label contains `label`, or whose action it is, on the newest message that has one; waits for it. */
  press(user: number, label: string, withinMs?: number): Promise<void>;
  /** Presses this very button. */
  pressButton(user: number, messageId: number, data: string): Promise<void>;
  messages(chat: number): Promise<readonly ChatMessage[]>;
  /** A document's text. */
  file(id: string): Promise<string>;
  awaitMessage(chat: number, wanted: Wanted, withinMs?: number): Promise<ChatMessage>;
  /** The newest document's text. */
  config(chat: number): Promise<string>;
  block(user: number, blocked: boolean): Promise<void>;
  fault(order: Readonly<Record<string, unknown>>): Promise<number>;
  clearFaults(): Promise<void>;
  clearFault(id: number): Promise<void>;
  /** How many calls the fault has hit so far. Only for one ordered without `count`. */
  faultHits(id: number): Promise<number>;
  /** Updates the bot has not confirmed yet. */
  pendingUpdates(): Promise<number>;
  /** Texts of the documents the user holds, oldest first; deleted ones are gone. */
  heldConfigs(chat: number): Promise<readonly string[]>;
  disturb(what: Readonly<Record<string, unknown>>): Promise<void>;
  burst(order: Readonly<Record<string, unknown>>): Promise<BurstResult>;
  counters(): Promise<Readonly<Record<string, unknown>>>;
  journal(): Promise<readonly JournalEntry[]>;
}

const ITS_WORD_MS = 10_000;

export function simulatorControl(place: Place, port: number, token: string): SimulatorControl {
  async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const json = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await place.http(port, `/control/${path}`, {
      method,
      ...(body === undefined ? {} : json),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json().catch(() => undefined)) as T;
  }
  const post = <T>(path: string, body: unknown = {}) => ask<T>('POST', path, body);
  const messages = (chat: number) => ask<readonly ChatMessage[]>('GET', `chats/${chat}/messages`);

  return {
    newUser: (id, languageCode = 'en', firstName = `User ${id}`) =>
      post('users', { id, firstName, languageCode }),
    say: (user, text) => post(`users/${user}/text`, { text }),
    write: async (user, text) =>
      (await post<{ messageId: number }>(`users/${user}/text`, { text })).messageId,
    async press(user, label, withinMs = 5_000) {
      const find = async () => {
        const found = (await messages(user)).findLast((each) => buttonOf(each, label));
        if (!found) throw new Error(`no message of chat ${user} has a button "${label}"`);
        return found;
      };
      const message = await eventually(find, { withinMs });
      const { text } = buttonOf(message, label)!;
      await post(`users/${user}/press`, { messageId: message.message_id, text });
    },
    pressButton: (user, messageId, data) => post(`users/${user}/press`, { messageId, data }),
    messages,
    file: async (id) => (await place.http(port, `/control/files/${id}`)).text(),
    awaitMessage: (chat, wanted, withinMs = 10_000) => {
      // The other side says that the wait was in vain, and why.
      const signal = AbortSignal.timeout(withinMs + ITS_WORD_MS);
      return ask('POST', `chats/${chat}/await-message`, { ...wanted, withinMs }, signal);
    },
    async config(chat) {
      const document = (await messages(chat)).findLast((each) => each.document)?.document;
      if (!document) throw new Error(`chat ${chat} has no document`);
      const file = await place.http(port, `/bot${token}/getFile?file_id=${document.file_id}`);
      const { result } = (await file.json()) as { result: { file_path: string } };
      return (await place.http(port, `/file/bot${token}/${result.file_path}`)).text();
    },
    block: (user, blocked) => post(`users/${user}/block`, { blocked }),
    fault: async (order) => (await post<{ id: number }>('faults', order)).id,
    clearFaults: () => ask('DELETE', 'faults'),
    clearFault: (id) => ask('DELETE', `faults/${id}`),
    async faultHits(id) {
      const faults = await ask<readonly { id: number; hits: number }[]>('GET', 'faults');
      return faults.find((each) => each.id === id)?.hits ?? 0;
    },
    pendingUpdates: async () => (await ask<readonly unknown[]>('GET', 'updates')).length,
    async heldConfigs(chat) {
      const documents = (await messages(chat)).flatMap((each) => each.document ?? []);
      return Promise.all(documents.map((each) => this.file(each.file_id)));
    },
    disturb: (what) => post('disturb', what),
    burst: (order) => post('burst', order),
    counters: () => ask('GET', 'counters'),
    journal: () => ask('GET', 'journal'),
  };
}

const buttonOf = (message: ChatMessage, label: string): Button | undefined =>
  message.reply_markup?.inline_keyboard
    .flat()
    .find((button) => button.text.includes(label) || button.callback_data?.split(':')[1] === label);
