import { raw } from 'hono/html';
import { Avatar, Commands, Messages, Notice, People, ReplyKeys } from './live.tsx';
import type { PageProps, PersonProps } from './props.ts';

/** The whole chat page. Works by plain forms; htmx and its SSE extension make it live. */
export function ChatPage(page: PageProps) {
  const person = page.current;
  const title = person ? `${page.botName} as ${person.name}` : page.botName;
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <Head title={title} />
        <body>
          <div class="app">
            <Sidebar page={page} />
            <main class="chat" aria-label={`Conversation with ${page.botName}`}>
              <ChatHeader page={page} />
              <div class="scroller" tabindex={0}>
                <div id="conversation">
                  <Messages live={page} />
                </div>
              </div>
              <div id="notice" role="status">
                <Notice notice={page.notice} userId={person?.id ?? 0} />
              </div>
              {page.copyText !== null && <CopyBox text={page.copyText} href={person?.href ?? '/chat'} />}
              {person && <Composer page={page} person={person} />}
            </main>
          </div>
          {person && <div id="stream" hx-sse:connect={`/chat/stream?user=${person.id}`} hx-swap="none" />}
        </body>
      </html>
    </>
  );
}

function Head({ title }: { title: string }) {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      <meta name="color-scheme" content="light dark" />
      <meta name="htmx-config" content='{"includeIndicatorCSS":false,"history":false}' />
      <title>{title}</title>
      <link rel="icon" href="/chat/assets/icon.svg" type="image/svg+xml" />
      <link rel="stylesheet" href="/chat/assets/chat.css" />
      <script src="/chat/assets/htmx.js" defer />
      <script src="/chat/assets/sse.js" defer />
      <script src="/chat/assets/chat-client.js" defer />
    </head>
  );
}

function Sidebar({ page }: { page: PageProps }) {
  return (
    <nav class="sidebar" aria-label="People">
      <header class="sidebar-head">
        <h1>People you play</h1>
        <p>A Telegram of your own, on this machine</p>
      </header>
      <AddPerson isOpen={page.people.length === 0} error={page.error} />
      <div id="people">
        <People people={page.people} hidden={page.hiddenPeople} />
      </div>
      <footer class="sidebar-foot">
        Bot API at <code>{page.apiRoot}</code>
      </footer>
    </nav>
  );
}

function AddPerson({ isOpen, error }: { isOpen: boolean; error: string | null }) {
  return (
    <details class="add" open={isOpen}>
      <summary aria-label="Add a person">
        Add<span> a person</span>
      </summary>
      <form method="post" action="/chat/people" class="add-form">
        <label>
          Name
          <input name="name" required maxlength={64} placeholder="Maria" autocomplete="off" />
        </label>
        <label>
          Language
          <select name="language">
            <option value="en">English</option>
            <option value="ru">Русский</option>
            <option value="de">Deutsch</option>
            <option value="fa">فارسی</option>
            <option value="">none given</option>
          </select>
        </label>
        <button type="submit">Add</button>
      </form>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
    </details>
  );
}

function ChatHeader({ page }: { page: PageProps }) {
  const person = page.current;
  return (
    <header class="chat-head">
      <Avatar initials={page.botInitials} colour={3} />
      <div class="chat-title">
        <h2>{page.botName}</h2>
        <p id="status" aria-live="polite">
          {page.status}
        </p>
      </div>
      {person && (
        <form method="post" action="/chat/block">
          <input type="hidden" name="user" value={String(person.id)} />
          <button type="submit" class="quiet" name="blocked" value={person.isBlocked ? 'no' : 'yes'}>
            {person.isBlocked ? 'Restart bot' : 'Stop bot'}
          </button>
        </form>
      )}
    </header>
  );
}

function Composer({ page, person }: { page: PageProps; person: PersonProps }) {
  return (
    <footer class="composer">
      <div id="reply-keys">
        <ReplyKeys live={page} />
      </div>
      <div class="composer-row">
        <details class="menu" id="menu">
          <summary aria-label="Commands of the bot">
            <span aria-hidden="true">☰</span> <span class="menu-word">Menu</span>
          </summary>
          <div class="menu-sheet" id="commands">
            <Commands live={page} />
          </div>
        </details>
        <form id="composer" class="say" method="post" action="/chat/say" hx-post="/chat/say" hx-swap="none">
          <input type="hidden" name="user" value={String(person.id)} />
          <label class="unseen" for="say">
            Message as {person.name}
          </label>
          <input
            id="say"
            name="text"
            maxlength={4096}
            required
            autofocus
            autocomplete="off"
            placeholder={`Message as ${person.name}`}
          />
          <button type="submit" class="send" aria-label="Send">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M3 20.5v-6.6L13 12 3 10.1V3.5L22 12z" />
            </svg>
          </button>
        </form>
      </div>
    </footer>
  );
}

function CopyBox({ text, href }: { text: string; href: string }) {
  return (
    <div class="copy-box">
      <label>
        Copy this text
        <textarea readonly rows={3}>
          {text}
        </textarea>
      </label>
      <a href={href}>Close</a>
    </div>
  );
}
