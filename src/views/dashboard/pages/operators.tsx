import { Field, formProblem, PostForm } from '../forms.tsx';
import { Table, Th } from '../lists.tsx';
import type { OperatorRow, OperatorsModel } from '../models/operators.ts';
import type { Role, Shell } from '../models.ts';
import { ProblemBox } from '../parts.tsx';
import { confirmed, paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Code, Foreign, Moment } from '../text.tsx';

const ROLES: readonly Role[] = ['viewer', 'operator', 'owner'];

/** Who may come in, and a link for somebody new. */
export function OperatorsPage({ shell, model }: { shell: Shell; model: OperatorsModel }) {
  const { t } = shell;
  return (
    <Layout shell={shell} title={t('nav-operators')}>
      {model.link && (
        <section class="card" role="status">
          <h2>{t('operator-link', { name: model.link.name })}</h2>
          <p class="muted">{t('operator-link-about')}</p>
          <Code t={t} text={model.link.url} copy={true} />
        </section>
      )}
      <Table
        label={t('nav-operators')}
        head={
          <>
            <Th text={t('login-name')} />
            <Th text={t('totp-title')} />
            <Th text={t('col-seen')} />
            <Th text={t('operator-role')} />
            <Th text={t('col-do')} unseen={true} />
          </>
        }
      >
        {model.rows.map((row) => (
          <OperatorLine shell={shell} row={row} />
        ))}
      </Table>
      <NewOperator shell={shell} form={model.form} />
    </Layout>
  );
}

function NewOperator({ shell, form }: { shell: Shell; form: OperatorsModel['form'] }) {
  const { t } = shell;
  return (
    <section class="card">
      <h2>{t('operator-add')}</h2>
      <p class="muted">{t('operator-add-about')}</p>
      <ProblemBox problem={formProblem(form, ['name'])} />
      <PostForm shell={shell} action={paths.operators}>
        <Field name="name" label={t('login-name')} form={form} required={true} maxlength={32} />
        <div class="field">
          <label for="role">{t('operator-role')}</label>
          <RoleChoice shell={shell} id="role" value="viewer" />
        </div>
        <button type="submit" class="button primary">
          {t('operator-add-do')}
        </button>
      </PostForm>
    </section>
  );
}

function RoleChoice({ shell, id, value, label }: { shell: Shell; id?: string; value: Role; label?: string }) {
  return (
    <select id={id} name="role" aria-label={label}>
      {ROLES.map((role) => (
        <option value={role} selected={role === value}>
          {shell.t(`role-${role}`)}
        </option>
      ))}
    </select>
  );
}

function OperatorLine({ shell, row }: { shell: Shell; row: OperatorRow }) {
  const { t } = shell;
  return (
    <tr>
      <td>
        <Foreign text={row.name} /> {row.self && <span class="tag">{t('operator-self')}</span>}
      </td>
      <td data-label={t('totp-title')}>{t(row.totp ? 'on' : 'off')}</td>
      <td data-label={t('col-seen')}>
        <Moment setting={shell} at={row.seenAt} />
      </td>
      <td>
        <PostForm shell={shell} action={`${paths.operators}/${row.id}/role`} class="bare">
          <RoleChoice shell={shell} value={row.role} label={t('operator-role-of', { name: row.name })} />{' '}
          <button type="submit" class="button small">
            {t('operator-role-do')}
          </button>
        </PostForm>
      </td>
      <td class="actions">
        {!row.self && (
          <a class="button small danger" href={confirmed.removeOperator(row.id)}>
            {t('operator-remove')}
          </a>
        )}
      </td>
    </tr>
  );
}
