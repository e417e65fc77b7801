import { Message } from './message.tsx';
import type { LiveProps, NoticeProps, PersonProps } from './props.ts';

/** The regions that change by themselves. Their ids are the targets of a frame. */
export function People({ people, hidden }: { people: readonly PersonProps[]; hidden: number }) {
  return (
    <ul class="people">
      {people.map((person) => (
        <li id={`p${person.id}`}>
          <a
            class={person.isCurrent ? 'person current' : 'person'}
            href={person.href}
            aria-current={person.isCurrent ? 'page' : undefined}
          >
            <Avatar initials={person.initials} colour={person.colour} />
            <span class="person-text">
              <span class="person-name">
                {person.name} <span class="tag">{person.language}</span>
              </span>
              <span class="person-last">{person.isBlocked ? 'stopped the bot' : person.lastLine}</span>
            </span>
            <span class="person-time">{person.time}</span>
          </a>
        </li>
      ))}
      {hidden > 0 && <li class="people-more">and {hidden} more</li>}
    </ul>
  );
}

export function Avatar({ initials, colour }: { initials: string; colour: number }) {
  return (
    <span class={`avatar colour-${colour}`} aria-hidden="true">
      {initials}
    </span>
  );
}

export function Messages({ live }: { live: LiveProps }) {
  const person = live.current;
  if (!person) return <NoPerson />;
  if (live.messages.length === 0) return <NoMessages botName={live.botName} person={person} />;
  return (
    <ol class="messages" aria-live="polite" aria-relevant="additions text" aria-label="Messages">
      {live.messages.map((message) => (
        <Message message={message} userId={person.id} />
      ))}
    </ol>
  );
}

function NoPerson() {
  return (
    <div class="empty">
      <h2>Nobody is here yet</h2>
      <p>Add a person and play them: what they type goes to the bot.</p>
    </div>
  );
}

function NoMessages({ botName, person }: { botName: string; person: PersonProps }) {
  return (
    <div class="empty">
      <h2>No messages here yet</h2>
      <p>
        You are <strong>{person.name}</strong>. Type <code>/start</code> to begin the conversation with{' '}
        {botName}.
      </p>
      <SayForm userId={person.id} text="/start" label="START" style="start" />
    </div>
  );
}

export function SayForm(props: { userId: number; text: string; label: string; style: string }) {
  return (
    <form method="post" action="/chat/say" hx-post="/chat/say" hx-swap="none">
      <input type="hidden" name="user" value={String(props.userId)} />
      <button type="submit" class={props.style} name="text" value={props.text}>
        {props.label}
      </button>
    </form>
  );
}

export function Notice({ notice, userId }: { notice: NoticeProps | null; userId: number }) {
  if (!notice) return null;
  if (!notice.isAlert) {
    return (
      <p class="toast" id={`n${notice.pressId}`}>
        {notice.text}
      </p>
    );
  }
  return (
    <div class="alert-shade" id={`n${notice.pressId}`}>
      <form
        class="alert"
        method="post"
        action="/chat/dismiss"
        hx-post="/chat/dismiss"
        hx-swap="none"
        role="alertdialog"
        aria-label="The bot says"
      >
        <p>{notice.text}</p>
        <input type="hidden" name="user" value={String(userId)} />
        <button type="submit">OK</button>
      </form>
    </div>
  );
}

export function Commands({ live }: { live: LiveProps }) {
  const person = live.current;
  if (!person || live.commands.length === 0) return <p class="menu-empty">The bot has set no commands.</p>;
  return (
    <ul class="menu-list">
      {live.commands.map((command) => (
        <li>
          <form method="post" action="/chat/say" hx-post="/chat/say" hx-swap="none">
            <input type="hidden" name="user" value={String(person.id)} />
            <button type="submit" name="text" value={`/${command.command}`}>
              <span class="menu-command">/{command.command}</span>
              <span class="menu-about">{command.description}</span>
            </button>
          </form>
        </li>
      ))}
    </ul>
  );
}

export function ReplyKeys({ live }: { live: LiveProps }) {
  const person = live.current;
  if (!person || live.replyKeyboard.length === 0) return null;
  return (
    <fieldset class="reply-keys">
      <legend class="unseen">Suggested answers</legend>
      {live.replyKeyboard.map((row) => (
        <div class="keyboard-row">
          {row.map((text) => (
            <SayForm userId={person.id} text={text} label={text} style="reply-key" />
          ))}
        </div>
      ))}
    </fieldset>
  );
}

/** One frame of the stream: a full snapshot of each region, so that a lost frame loses nothing. */
export function Frame({ live }: { live: LiveProps }) {
  return (
    <>
      <hx-partial hx-target="#people" hx-swap="innerMorph">
        <People people={live.people} hidden={live.hiddenPeople} />
      </hx-partial>
      <hx-partial hx-target="#status" hx-swap="innerMorph">
        {live.status}
      </hx-partial>
      <hx-partial hx-target="#conversation" hx-swap="innerMorph">
        <Messages live={live} />
      </hx-partial>
      <hx-partial hx-target="#commands" hx-swap="innerMorph">
        <Commands live={live} />
      </hx-partial>
      <hx-partial hx-target="#reply-keys" hx-swap="innerMorph">
        <ReplyKeys live={live} />
      </hx-partial>
      <hx-partial hx-target="#notice" hx-swap="innerMorph">
        <Notice notice={live.notice} userId={live.current?.id ?? 0} />
      </hx-partial>
    </>
  );
}

declare module 'hono/jsx' {
  namespace JSX {
    interface IntrinsicElements {
      'hx-partial': { 'hx-target': string; 'hx-swap': string; children?: unknown };
    }
  }
}
