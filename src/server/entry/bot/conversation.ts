import type { Api } from 'grammy';
import { chatRefusal } from '../../core/chat-failure.ts';
import { isPassing, toAppError } from '../../core/errors.ts';
import type { Random } from '../../core/ports/clock.ts';
import type { Desk } from '../../core/ports/desk.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Language, Words } from '../../core/ports/words.ts';
import { createVoice } from '../../core/voice.ts';
import { answer } from './answers/answer.ts';
import type { Asking, Incoming } from './incoming.ts';
import type { Memory } from './memory.ts';
import { note, type Page } from './page.ts';
import { createPresenter, type Presenter } from './presenter.ts';
import type { Settler } from './settler.ts';
import type { Answer, Reply, Turn } from './turn.ts';

export interface ConversationDeps {
  readonly api: Api;
  readonly desk: Desk;
  readonly words: Words;
  readonly random: Random;
  readonly log: Log;
  readonly memory: Memory;
  readonly settler: Settler;
  /** A QR as PNG. */
  draw(text: string): Promise<Uint8Array<ArrayBuffer>>;
}

export type Handled = 'handled' | 'repeat' | 'failed';

export interface Conversation {
  /** Answers one update from first to last: never throws, and every pressed button is answered once. */
  converse(incoming: Incoming): Promise<Handled>;
  /** Resolves when every button that was pressed has been let go. */
  idle(): Promise<void>;
}

export function createConversation(deps: ConversationDeps): Conversation {
  const presenter = createPresenter(deps.api);
  const letGo = createLetGo(deps, presenter);
  return {
    async converse(incoming) {
      if (incoming.kind === 'membership') return noteMembership(deps, incoming);
      const { reply, outcome } = await think(deps, incoming);
      const shown = await speak(deps, { presenter, letGo }, incoming, reply);
      if (reply && !reply.settled) await deps.settler.settle(incoming.updateId);
      return shown ? outcome : 'failed';
    },
    idle: letGo.idle,
  };
}

/** Ends the waiting of pressed buttons. */
interface LetGo {
  /** False when Telegram did not take it; never rejects. */
  begin(incoming: Asking, reply: Answer): Promise<boolean>;
  /** So many are underway that no further one may be left to itself. */
  full(): boolean;
  idle(): Promise<void>;
}

const MOST_LEFT_TO_THEMSELVES = 500;

function createLetGo(deps: ConversationDeps, presenter: Presenter): LetGo {
  const underway = new Set<Promise<boolean>>();
  return {
    begin(incoming, reply) {
      const alert = reply !== null && reply.screen === null;
      const ending = presenter
        .acknowledge(incoming, reply?.toast, alert)
        .then(() => true)
        .catch((error: unknown) => noteSilence(deps, incoming, error).then(() => false))
        .finally(() => underway.delete(ending));
      underway.add(ending);
      return ending;
    },
    full: () => underway.size >= MOST_LEFT_TO_THEMSELVES,
    async idle() {
      await Promise.all(underway);
    },
  };
}

/** The user blocked the bot or came back. */
async function noteMembership(
  { desk, settler, log }: ConversationDeps,
  incoming: Extract<Incoming, { kind: 'membership' }>,
): Promise<Handled> {
  try {
    await desk.markBlocked(incoming.profile.id, incoming.blocked);
    await settler.settle(incoming.updateId);
    return 'handled';
  } catch (error) {
    log.warn({ err: error, account: incoming.profile.id }, 'could not note a block; it stays in the inbox');
    return 'failed';
  }
}

/** Decides what to say; a failure becomes something to say as well. */
async function think(deps: ConversationDeps, incoming: Asking): Promise<{ reply: Answer; outcome: Handled }> {
  try {
    const reply = await answer(createTurn(deps, incoming));
    return { reply, outcome: reply ? 'handled' : 'repeat' };
  } catch (error) {
    return { reply: excuse(deps, incoming, error), outcome: 'failed' };
  }
}

function createTurn({ desk, words, memory }: ConversationDeps, incoming: Asking): Turn {
  const { profile, updateId } = incoming;
  const pageIn = (language: Language): Page => ({ voice: createVoice(words, language), owner: profile.id });
  return {
    incoming,
    desk,
    visit: { updateId, profile },
    renames: memory.renames(profile.id),
    pageIn,
    page(language) {
      memory.learnLanguage(profile.id, language);
      return pageIn(language);
    },
    async knownPage() {
      const known = memory.language(profile.id);
      if (known) return pageIn(known);
      const account = await desk.account(profile.id);
      return account ? this.page(account.language) : pageIn(profile.languageHint);
    },
  };
}

/** A short honest text; what the user cannot mend has an incident id that leads to the log. */
function excuse(deps: ConversationDeps, incoming: Asking, error: unknown): Reply {
  const failure = toAppError(error);
  const incident = deps.random.uuid().slice(-8);
  const fields = { err: failure, incident, account: incoming.profile.id, update: incoming.updateId };
  if (isPassing(failure) || failure.code === 'exhausted')
    deps.log.warn(fields, 'an update could not be served');
  else deps.log.error(fields, 'an update failed');
  const page = {
    voice: createVoice(deps.words, deps.memory.guess(incoming.profile)),
    owner: incoming.profile.id,
  };
  const key = isPassing(failure) ? 'try-later' : failure.code === 'exhausted' ? 'busy' : 'failed';
  const values = key === 'failed' ? { incident } : undefined;
  // Over a button the excuse pops up, and the message stays as it was, ready to be tapped again.
  return incoming.kind === 'button'
    ? { screen: null, toast: page.voice.plain(key, values), settled: false }
    : { screen: note(page, key, values), settled: false };
}

/**
 * True when the answer reached the user. A screen does not wait for the button to be let go: a Telegram that takes no
 * acknowledgement must not keep the chat from its next answer.
 */
async function speak(
  deps: ConversationDeps,
  { presenter, letGo }: { readonly presenter: Presenter; readonly letGo: LetGo },
  incoming: Asking,
  reply: Answer,
): Promise<boolean> {
  const released = letGo.begin(incoming, reply);
  if (!reply?.screen || letGo.full()) {
    const [heard, shown] = await Promise.all([released, show(deps, presenter, incoming, reply)]);
    return heard && shown;
  }
  return show(deps, presenter, incoming, reply);
}

async function show(
  deps: ConversationDeps,
  presenter: Presenter,
  incoming: Asking,
  reply: Answer,
): Promise<boolean> {
  if (!reply) return true;
  try {
    const messageId = await present(deps, presenter, incoming, reply);
    if (reply.issue && messageId !== null) await remember(deps, reply.issue, messageId);
    return true;
  } catch (error) {
    await noteSilence(deps, incoming, error);
    return false;
  }
}

async function present(
  { draw }: ConversationDeps,
  presenter: Presenter,
  incoming: Asking,
  { screen, qr, placeholder }: Reply,
): Promise<number | null> {
  if (!screen) return null;
  if (qr === undefined) return presenter.show(incoming, screen, placeholder);
  return presenter.showPicture(incoming, screen, await draw(qr));
}

async function remember(
  { desk, log }: ConversationDeps,
  issue: NonNullable<Reply['issue']>,
  messageId: number,
) {
  try {
    await desk.saveLivingMessage(issue, messageId);
  } catch (error) {
    log.warn({ err: error, issue }, 'the message of an issue was not noted; its delivery sends a new one');
  }
}

/** An answer did not reach its user. Saying so in the same chat would not either. */
async function noteSilence({ desk, log }: ConversationDeps, incoming: Asking, error: unknown): Promise<void> {
  const account = incoming.profile.id;
  const refusal = chatRefusal(error);
  if (refusal === 'blocked') {
    await desk.markBlocked(account, true).catch((cause: unknown) => {
      log.warn({ err: cause, account }, 'could not note that the bot is blocked');
    });
    return;
  }
  // The polling loop speaks about a bad token, once for all.
  if (refusal === 'unauthorized') return;
  log.warn({ err: error, account, update: incoming.updateId }, 'an answer did not reach its user');
}
