import { bytes } from '../format.ts';
import { ActButton, Field, formProblem, Hidden, PostForm } from '../forms.tsx';
import { Icon } from '../icons.tsx';
import type { AccountModel, NoteRow, SubscriptionRow } from '../models/people.ts';
import type { FormState, Shell } from '../models.ts';
import { Empty, Fact, Facts, may, ProblemBox } from '../parts.tsx';
import { actions, confirmed, paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { AccountStateMark } from '../states.tsx';
import { Code, Foreign, Moment } from '../text.tsx';
import { HistoryList } from './history-list.tsx';
import { PeersTable } from './peers-table.tsx';

export function AccountPage({ shell, model }: { shell: Shell; model: AccountModel }) {
  const { t } = shell;
  const { account } = model;
  return (
    <Layout
      shell={shell}
      title={t('account-title', { id: account.id })}
      heading={account.name.trim() === '' ? t('no-name') : <Foreign text={account.name} whole={true} />}
      parent={{ href: paths.accounts, name: t('nav-accounts') }}
      tools={may(shell, 'operator') && <PauseLink shell={shell} model={model} />}
    >
      <ProblemBox problem={formProblem(model.form, ['days', 'reason', 'note'])} />
      <AccountFacts shell={shell} model={model} />
      <h2>{t('col-devices')}</h2>
      {model.devices.length === 0 ? (
        <Empty title={t('devices-empty')}>{t('devices-empty-do')}</Empty>
      ) : (
        <PeersTable shell={shell} rows={model.devices} withAccount={false} />
      )}
      <AccessAndNotes shell={shell} model={model} />
      <h2>{t('history')}</h2>
      <HistoryList shell={shell} rows={model.history} />
    </Layout>
  );
}

/** Two cards side by side: each list with the form that adds to it. */
function AccessAndNotes({ shell, model }: { shell: Shell; model: AccountModel }) {
  const { t } = shell;
  const mayAdd = may(shell, 'operator');
  const form = { shell, id: model.account.id, form: model.form, once: model.once };
  return (
    <div class="columns">
      <section>
        <h2>{t('subscriptions')}</h2>
        <div class="card">
          <Subscriptions shell={shell} rows={model.subscriptions} />
          {mayAdd && <GrantForm {...form} />}
        </div>
      </section>
      <section>
        <h2>{t('notes')}</h2>
        <div class="card">
          <Notes shell={shell} rows={model.notes} />
          {mayAdd && <NoteForm {...form} />}
        </div>
      </section>
    </div>
  );
}

function PauseLink({ shell, model }: { shell: Shell; model: AccountModel }) {
  const { id, state } = model.account;
  if (state === 'paused') {
    return (
      <a class="button small" href={confirmed.resumeAccount(id)}>
        <Icon name="run" /> {shell.t('account-resume')}
      </a>
    );
  }
  return (
    <a class="button small" href={confirmed.pauseAccount(id)}>
      <Icon name="pause" /> {shell.t('account-pause')}
    </a>
  );
}

function AccountFacts({ shell, model }: { shell: Shell; model: AccountModel }) {
  const { t } = shell;
  const { account } = model;
  return (
    <Facts>
      <Fact name={t('col-state')}>
        <AccountStateMark t={t} state={account.state} />
      </Fact>
      <Fact name="Telegram">
        <Code t={t} text={account.id} copy={true} />{' '}
        {account.username && <Foreign text={`@${account.username}`} />}
      </Fact>
      <Fact name={t('col-plan')}>{account.plan ? <Foreign text={account.plan} /> : '–'}</Fact>
      <Fact name={t('col-until')}>
        <Moment setting={shell} at={account.until} />
      </Fact>
      {model.subscriptionLink && (
        <Fact name={t('subscription-link')}>
          <Moment setting={shell} at={model.subscriptionLink.fetchedAt} never={t('never-fetched')} />{' '}
          {may(shell, 'operator') && (
            <ActButton action={actions.revokeSubscription(account.id)}>{t('subscription-revoke')}</ActButton>
          )}
        </Fact>
      )}
      <Fact name={t('language')}>
        <Foreign text={model.language} />
      </Fact>
      <Fact name={t('col-since')}>
        <Moment setting={shell} at={account.createdAt} />
      </Fact>
    </Facts>
  );
}

function Subscriptions({ shell, rows }: { shell: Shell; rows: readonly SubscriptionRow[] }) {
  if (rows.length === 0) return <p class="empty-line">{shell.t('subscriptions-empty')}</p>;
  return (
    <ul class="lines terms">
      {rows.map((row) => (
        <li>
          <Foreign text={row.plan} />
          <span>
            <Moment setting={shell} at={row.startsAt} /> – <Moment setting={shell} at={row.endsAt} />
          </span>
          <span class={row.usedUp ? 'warn' : 'muted'}>{used(shell, row)}</span>
        </li>
      ))}
    </ul>
  );
}

function used(shell: Shell, { usedBytes, limitBytes, usedUp }: SubscriptionRow): string {
  const used = bytes(shell, usedBytes);
  if (limitBytes === null) return shell.t('subscription-used', { used });
  const key = usedUp ? 'subscription-used-up' : 'subscription-used-of';
  return shell.t(key, { used, limit: bytes(shell, limitBytes) });
}

interface AccountFormProps {
  readonly shell: Shell;
  readonly id: string;
  readonly form: FormState;
  readonly once: string | undefined;
}

function GrantForm({ shell, id, form, once }: AccountFormProps) {
  const { t } = shell;
  return (
    <PostForm shell={shell} action={actions.grantDays(id)} class="form inline">
      {once && <Hidden name="once" value={once} />}
      <Field
        name="days"
        label={t('grant-days')}
        class="short"
        form={form}
        inputmode="numeric"
        maxlength={4}
        required={true}
      />
      <Field
        name="reason"
        label={t('grant-reason')}
        class="grow"
        form={form}
        maxlength={200}
        required={true}
      />
      <button type="submit" class="button">
        <Icon name="plus" /> {t('grant')}
      </button>
    </PostForm>
  );
}

function Notes({ shell, rows }: { shell: Shell; rows: readonly NoteRow[] }) {
  if (rows.length === 0) return <p class="empty-line">{shell.t('notes-empty')}</p>;
  return (
    <ul class="notes">
      {rows.map((row) => (
        <li>
          <p class="note-text">
            <Foreign text={row.text} whole={true} lines={true} />
          </p>
          <p class="muted">
            <Foreign text={row.operator} />, <Moment setting={shell} at={row.at} />
          </p>
        </li>
      ))}
    </ul>
  );
}

function NoteForm({ shell, id, form, once }: AccountFormProps) {
  const { t } = shell;
  return (
    <PostForm shell={shell} action={actions.addNote(id)} class="form inline">
      {once && <Hidden name="once" value={once} />}
      <div class="field grow">
        <label for="note">{t('note-new')}</label>
        <textarea id="note" name="note" rows={2} maxlength={2000} required>
          {form.values.note ?? ''}
        </textarea>
        {form.problem?.field === 'note' && (
          <p class="field-problem" role="alert">
            {form.problem.text}
          </p>
        )}
      </div>
      <button type="submit" class="button">
        <Icon name="plus" /> {t('note-add')}
      </button>
    </PostForm>
  );
}
