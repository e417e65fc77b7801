import { absolute, isMoment, relative } from './format.ts';
import { clipped, partsOf, visible } from './hidden-characters.ts';
import { Icon } from './icons.tsx';
import type { Setting, Translate } from './models.ts';

const LIST_LENGTH = 80;
const TITLE_LENGTH = 300;

/** Text somebody else wrote: escaped, set apart in its direction, hidden characters drawn, cut in lists. `lines` keeps line ends. */
export function Foreign({ text, whole, lines }: { text: string; whole?: boolean; lines?: boolean }) {
  const shown = whole ? text : clipped(text, LIST_LENGTH);
  const title = shown === text ? undefined : visible(clipped(text, TITLE_LENGTH));
  return (
    <bdi class={whole ? 'foreign whole' : 'foreign'} title={title}>
      <Signs text={shown} keepLines={lines ?? false} />
    </bdi>
  );
}

function Signs({ text, keepLines }: { text: string; keepLines: boolean }) {
  return (
    <>
      {partsOf(text, keepLines).map((part) =>
        part.hidden ? <span class="sign">{part.text}</span> : part.text,
      )}
    </>
  );
}

/** Many lines of somebody else's text: payloads, errors, log fields. */
export function Block({ text, label }: { text: string; label: string }) {
  return (
    <section class="block" tabindex={0} aria-label={label}>
      <pre dir="ltr">
        <Signs text={text} keepLines={true} />
      </pre>
    </section>
  );
}

/** A moment: relative to read, absolute on hover. The page's script keeps it going. */
export function Moment({ setting, at, never }: { setting: Setting; at: number | null; never?: string }) {
  if (at === null || !isMoment(at)) return <span class="muted">{never ?? '–'}</span>;
  return (
    <time datetime={new Date(at).toISOString()} title={absolute(at)} data-rel="">
      {relative(setting, at)}
    </time>
  );
}

/** A key, an id or an address: monospaced, with a button that copies it. */
export function Code({ t, text, copy }: { t: Translate; text: string; copy?: boolean }) {
  return (
    <span class="code-line">
      <code dir="ltr">
        <Signs text={clipped(text, TITLE_LENGTH)} keepLines={false} />
      </code>
      {copy && (
        <button type="button" class="icon-button copy" data-copy={text} data-done={t('copied')}>
          <Icon name="copy" />
          <span class="unseen">{t('copy')}</span>
        </button>
      )}
    </span>
  );
}

const PROTOCOL_NAMES: Readonly<Record<string, string>> = { wireguard: 'WireGuard', vless: 'VLESS' };

/** What a peer speaks. These are names: the same in every language. */
export function ProtocolName({ name }: { name: string }) {
  return <Foreign text={PROTOCOL_NAMES[name] ?? name} />;
}
