import type { Child } from 'hono/jsx';
import { number } from './format.ts';
import { Icon } from './icons.tsx';
import type { Filters, Page, Shell } from './models.ts';
import type { Watched } from './overview/marks.ts';
import { withQuery } from './paths.ts';

/** Attributes that take the list out of the answer; the address bar follows. Without the script: a plain page. */
const intoList = (href: string) => ({
  'hx-get': href,
  'hx-target': '#list',
  'hx-select': '#list',
  'hx-swap': 'outerMorph',
  'hx-push-url': 'true',
});

export interface FilterFormProps {
  readonly shell: Shell;
  readonly path: string;
  readonly search?: { readonly label: string; readonly value: string };
  /** Filters set elsewhere on the page (tabs) that a new search keeps. */
  readonly keep?: Filters;
  readonly children?: Child;
}

/** Searches while one types, or by its button. It stands outside the list, so that typing is never disturbed. */
export function FilterForm({ shell, path, search, keep = {}, children }: FilterFormProps) {
  const { 'hx-push-url': _, ...attributes } = intoList(path);
  return (
    <search>
      <form
        method="get"
        action={path}
        class="filters"
        {...attributes}
        hx-trigger="submit, input delay:250ms"
        hx-replace-url="true"
        hx-sync="this:replace"
      >
        {search && <SearchField label={search.label} value={search.value} />}
        {children}
        {Object.entries(keep).map(
          ([name, value]) => value && <input type="hidden" name={name} value={value} />,
        )}
        <button type="submit" class="button">
          {shell.t('show')}
        </button>
      </form>
    </search>
  );
}

function SearchField({ label, value }: { label: string; value: string }) {
  return (
    <div class="search">
      <label class="unseen" for="q">
        {label}
      </label>
      <Icon name="search" />
      <input
        type="search"
        id="q"
        name="q"
        value={value}
        placeholder={label}
        maxlength={200}
        autocomplete="off"
        spellcheck={false}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
    </div>
  );
}

export interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

export function Choice({ name, label, value, options }: ChoiceProps) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select name={name}>
        {options.map(([each, text]) => (
          <option value={each} selected={each === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export interface ListRegionProps {
  readonly shell: Shell;
  /** What of it is watched; null: nothing, as on a later page, where it would say little. */
  readonly watch?: Watched | null;
  readonly children: Child;
}

/**
 * The part of a list page that changes with filters and paging. A watched one says when it is not what it was; rows never
 * move under the reader's hands.
 */
export function ListRegion({ shell, watch = null, children }: ListRegionProps) {
  return (
    <section id="list" class="list" data-watch={watch ?? undefined} data-at={watch && String(shell.now)}>
      {watch && <Changed shell={shell} />}
      {children}
    </section>
  );
}

/** Shown by the page's script. */
function Changed({ shell: { t, path } }: { shell: Shell }) {
  const { 'hx-push-url': _, ...attributes } = intoList(path);
  return (
    <p id="changed" class="changed" role="status" hidden>
      <Icon name="again" />
      {t('list-changed')}
      <a href={path} {...attributes}>
        {t('list-show')}
      </a>
    </p>
  );
}

export interface ListHeadProps {
  readonly shell: Shell;
  readonly page: Page<unknown>;
  readonly filters: Filters;
  readonly csv?: string;
  readonly children?: Child;
}

/** How many there are, and what can be done with all of them. */
export function ListHead({ shell, page, filters, csv, children }: ListHeadProps) {
  const { t, language } = shell;
  return (
    <div class="list-head">
      <p class="muted">
        {page.total === null
          ? t('list-shown', { count: page.rows.length })
          : t('list-total', { count: page.total, shown: number(language, page.total) })}
      </p>
      {children && <div class="list-tools many">{children}</div>}
      <div class="list-tools">
        {csv && page.rows.length > 0 && (
          <a class="button small quiet" href={withQuery(csv, filters)} download="">
            <Icon name="file" /> CSV
          </a>
        )}
      </div>
    </div>
  );
}

export interface PagerProps {
  readonly shell: Shell;
  readonly path: string;
  readonly filters: Filters;
  readonly page: Page<unknown>;
}

export function Pager({ shell, path, filters, page }: PagerProps) {
  if (page.prev === null && page.next === null) return null;
  const { t } = shell;
  return (
    <nav class="pager" aria-label={t('pages')}>
      <Step
        href={page.prev && withQuery(path, { ...filters, before: page.prev })}
        icon="left"
        text={t('previous')}
      />
      <Step
        href={page.next && withQuery(path, { ...filters, after: page.next })}
        icon="right"
        text={t('next')}
      />
    </nav>
  );
}

function Step({ href, icon, text }: { href: string | null; icon: 'left' | 'right'; text: string }) {
  if (!href) return <span class="button small off">{text}</span>;
  return (
    <a class="button small" href={href} rel={icon === 'left' ? 'prev' : 'next'} {...intoList(href)}>
      {icon === 'left' && <Icon name="left" />}
      {text}
      {icon === 'right' && <Icon name="right" />}
    </a>
  );
}

export interface TabLink {
  readonly href: string;
  readonly text: string;
  readonly count: string | null;
  readonly current: boolean;
  readonly alarming: boolean;
}

export function Tabs({ label, tabs }: { label: string; tabs: readonly TabLink[] }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a href={tab.href} aria-current={tab.current ? 'page' : undefined}>
          {tab.alarming && <Icon name="warn" tone="warn" />}
          {tab.text}
          {tab.count !== null && <span class="count">{tab.count}</span>}
        </a>
      ))}
    </nav>
  );
}

/** A table that keeps its head; cells cut what is too long. Rows are walked by `j` and `k` over their first link. */
export function Table({ label, head, children }: { label: string; head: Child; children: Child }) {
  return (
    <table class="table">
      <caption class="unseen">{label}</caption>
      <thead>
        <tr>{head}</tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** The head of a column. `unseen`: only for those who hear the table. */
export function Th({ text, class: name, unseen }: { text: string; class?: string; unseen?: boolean }) {
  return (
    <th scope="col" class={name}>
      {unseen ? <span class="unseen">{text}</span> : text}
    </th>
  );
}
