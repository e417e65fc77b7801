import { PostForm } from '../forms.tsx';
import { Icon } from '../icons.tsx';
import { Table, Th } from '../lists.tsx';
import type { SessionRow, SessionsModel, Shell } from '../models.ts';
import { State } from '../parts.tsx';
import { actions, confirmed, paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Foreign, Moment } from '../text.tsx';

/** Where one is signed in, and the second factor. */
export function SessionsPage({ shell, model }: { shell: Shell; model: SessionsModel }) {
  const { t } = shell;
  return (
    <Layout
      shell={shell}
      title={t('nav-sessions')}
      tools={
        <>
          <a class="button small" href={paths.password}>
            {t('password-change')}
          </a>
          <a class="button small danger" href={confirmed.endSessions}>
            <Icon name="cross" /> {t('sessions-end-all')}
          </a>
        </>
      }
    >
      <SecondFactor shell={shell} model={model} />
      <Table
        label={t('nav-sessions')}
        head={
          <>
            <Th text={t('col-agent')} />
            <Th class="w-address hide-s" text={t('col-from')} />
            <Th class="w-time hide-s" text={t('col-created')} />
            <Th class="w-time" text={t('col-seen')} />
            <Th class="w-act" text={t('col-do')} unseen={true} />
          </>
        }
      >
        {model.rows.map((row) => (
          <SessionLine shell={shell} row={row} />
        ))}
      </Table>
    </Layout>
  );
}

function SecondFactor({ shell, model }: { shell: Shell; model: SessionsModel }) {
  const { t } = shell;
  return (
    <section class="card row">
      <div>
        <h2>{t('totp-title')}</h2>
        <p class="muted">{t(model.totp ? 'totp-on-about' : 'totp-off-about')}</p>
      </div>
      {model.totp ? (
        <div>
          <State tone="good" icon="good">
            {t('on')}
          </State>{' '}
          <a class="button small" href={paths.recoveryCodes}>
            {t('recovery-renew')}
          </a>{' '}
          <a class="button small" href={paths.totpOff}>
            {t('second-factor-off')}
          </a>
        </div>
      ) : (
        <a class="button primary" href={paths.totpSetup}>
          <Icon name="key" /> {t('totp-set-up')}
        </a>
      )}
    </section>
  );
}

function SessionLine({ shell, row }: { shell: Shell; row: SessionRow }) {
  const { t } = shell;
  return (
    <tr>
      <td>
        <Foreign text={row.agent} /> {row.current && <span class="tag">{t('session-this')}</span>}
      </td>
      <td class="code hide-s">
        <Foreign text={row.address} />
      </td>
      <td class="hide-s">
        <Moment setting={shell} at={row.createdAt} />
      </td>
      <td data-label={t('col-seen')}>
        <Moment setting={shell} at={row.seenAt} />
      </td>
      <td class="actions">
        {!row.current && (
          <PostForm shell={shell} action={actions.endSession(row.id)} class="bare">
            <button type="submit" class="button small">
              {t('session-end')}
            </button>
          </PostForm>
        )}
      </td>
    </tr>
  );
}
