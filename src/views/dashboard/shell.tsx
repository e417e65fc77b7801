import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import { assetUrl } from '../assets/assets.ts';
import { ActForm } from './forms.tsx';
import { HelpDialog } from './help.tsx';
import { Icon, Sprite } from './icons.tsx';
import { LiveState } from './live-state.tsx';
import { Menu } from './menu.tsx';
import type { Shell } from './models.ts';
import { NoticeBox } from './parts.tsx';

const HTMX_CONFIG = JSON.stringify({
  includeIndicatorCSS: false,
  // Back shows the page anew: a stored one would show yesterday's numbers.
  history: 'reload',
  extensions: 'sse',
  // Hidden tabs go on: the title says how much needs attention. Reconnects within five seconds.
  sse: { pauseOnBackground: false, reconnectMaxDelay: 5000 },
});

export interface DocumentProps {
  readonly shell: Shell;
  readonly title: string;
  readonly scripts?: readonly string[];
  readonly styles?: readonly string[];
  readonly class?: string;
  readonly children?: Child;
}

/** The whole HTML document. Nothing stands inline but markup: `script-src 'self'; style-src 'self'` holds. */
export function Document({ shell, title, scripts = [], styles = [], class: name, children }: DocumentProps) {
  const count = shell.attention ? `(${shell.attention}) ` : '';
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={shell.language} data-theme={shell.theme} data-role={shell.operator?.role ?? 'nobody'}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="robots" content="noindex" />
          <meta name="htmx-config" content={HTMX_CONFIG} />
          <title>{`${count}${title} · Adit`}</title>
          <link rel="icon" href={assetUrl('icon.svg')} type="image/svg+xml" />
          <link rel="stylesheet" href={assetUrl('dashboard.css')} />
          {styles.map((style) => (
            <link rel="stylesheet" href={assetUrl(style)} />
          ))}
          <script src={assetUrl('dashboard.js')} defer />
          {scripts.map((script) => (
            <script src={assetUrl(script)} defer />
          ))}
        </head>
        <body class={name} data-now={String(shell.now)}>
          <Sprite />
          {children}
          <div id="announce" class="unseen" role="status" aria-live="polite" />
        </body>
      </html>
    </>
  );
}

export interface LayoutProps extends DocumentProps {
  /** Beside the heading: buttons and links of the page. */
  readonly tools?: Child;
  /** Above the heading: where the page hangs. */
  readonly parent?: { readonly href: string; readonly name: string };
  /** All of it is kept up to date by the stream, not the badge alone. */
  readonly moves?: boolean;
  /** The heading, when it is not the title: a name somebody else wrote. */
  readonly heading?: Child;
}

/** Menu, heading and content of a signed-in person's page. */
export function Layout({ tools, parent, moves = false, heading, children, ...document }: LayoutProps) {
  const { shell, title } = document;
  return (
    <Document {...document}>
      <a class="skip" href="#main">
        {shell.t('skip')}
      </a>
      <Menu shell={shell} />
      <main id="main" tabindex={-1}>
        <header class="page-head">
          <div class="page-title">
            {parent && (
              <a class="parent" href={parent.href}>
                <Icon name="left" />
                {parent.name}
              </a>
            )}
            <h1>{heading ?? title}</h1>
          </div>
          {tools && <div class="page-tools">{tools}</div>}
          <LiveState shell={shell} moves={moves} />
        </header>
        <NoticeBox notice={shell.notice} />
        {children}
      </main>
      <ActForm shell={shell} />
      <Stream shell={shell} />
      <HelpDialog shell={shell} />
    </Document>
  );
}

function Stream({ shell }: { shell: Shell }) {
  if (shell.live === null) return null;
  return <div id="live" hx-sse:connect={shell.live} hx-trigger="load, adit:connect" hx-swap="none" />;
}

/** A narrow page with one thing to do: login, setup, an error before login. */
export function Narrow({ children, ...document }: DocumentProps) {
  return (
    <Document {...document} class="narrow-page">
      <main id="main" class="narrow" tabindex={-1}>
        <p class="brand">
          <span class="brand-mark" aria-hidden="true" />
          Adit
        </p>
        <NoticeBox notice={document.shell.notice} />
        {children}
      </main>
    </Document>
  );
}
