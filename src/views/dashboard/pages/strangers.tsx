import { duration } from '../format.ts';
import { Hidden } from '../forms.tsx';
import { visible } from '../hidden-characters.ts';
import { ListHead, ListRegion, Pager, Table, Th } from '../lists.tsx';
import type { StrangerRow, StrangersModel } from '../models/reconcile.ts';
import type { Shell } from '../models.ts';
import { Empty, may } from '../parts.tsx';
import { actions, confirmed, paths, withQuery } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Code, Foreign, Moment } from '../text.tsx';

/** Peers on a node that nobody of ours put there, and what becomes of each. */
export function StrangersPage({ shell, model }: { shell: Shell; model: StrangersModel }) {
  const { t } = shell;
  const { page } = model;
  return (
    <Layout
      shell={shell}
      title={t('strangers-title')}
      parent={{ href: paths.node(model.node), name: visible(model.node) }}
    >
      <p class="muted">{t(`strangers-${model.policy}`, { grace: duration(shell, model.graceMs) })}</p>
      <ListRegion shell={shell}>
        <ListHead shell={shell} page={page} filters={{}} />
        {page.rows.length === 0 ? (
          <Empty title={t('strangers-none')}>{t('strangers-none-do')}</Empty>
        ) : (
          <StrangersTable shell={shell} model={model} />
        )}
        <Pager shell={shell} path={paths.strangers(model.node)} filters={{}} page={page} />
      </ListRegion>
    </Layout>
  );
}

function StrangersTable({ shell, model }: { shell: Shell; model: StrangersModel }) {
  const { t } = shell;
  const decides = may(shell, 'operator');
  return (
    <Table
      label={t('strangers-title')}
      head={
        <>
          <Th class="w-key" text={t('col-key')} />
          <Th class="hide-m" text={t('col-networks')} />
          <Th class="w-time hide-s" text={t('col-first-seen')} />
          <Th class="w-state" text={t('col-state')} />
          {decides && <Th class="w-acts" text={t('col-action')} unseen={true} />}
        </>
      }
    >
      {model.page.rows.map((row) => (
        <tr>
          <td>
            <Code t={t} text={row.key} />
          </td>
          <td class="code wrap hide-m">
            {row.allowedIps.length === 0 ? '–' : <Foreign text={row.allowedIps.join(', ')} />}
          </td>
          <td class="hide-s">
            <Moment setting={shell} at={row.firstSeenAt} />
          </td>
          <td>
            <StrangerState shell={shell} row={row} />
          </td>
          {decides && (
            <td>
              <Decisions shell={shell} model={model} row={row} />
            </td>
          )}
        </tr>
      ))}
    </Table>
  );
}

function StrangerState({ shell, row }: { shell: Shell; row: StrangerRow }) {
  const { t } = shell;
  return (
    <>
      {t(`stranger-${row.state}`)}
      {row.decidedBy !== null && (
        <span class="muted">
          {' · '}
          {row.decidedBy === 'policy' ? t('stranger-by-policy') : <Foreign text={row.decidedBy} />}
        </span>
      )}
      {row.refusal !== null && <p class="tone-warn wrapped">{t(`adoption-${row.refusal}`)}</p>}
    </>
  );
}

function Decisions({ shell, model, row }: { shell: Shell; model: StrangersModel; row: StrangerRow }) {
  const { t } = shell;
  // What cannot be sent back as it is cannot be decided about here; no program of ours makes such a key.
  if (row.state === 'removed' || visible(row.key) !== row.key) return null;
  const { node } = model;
  const key = <Hidden name="key" value={row.key} />;
  return (
    <form method="post" action={actions.keepStranger(node)} class="row-acts">
      <Hidden name="csrf" value={shell.csrf} />
      <Hidden name="back" value={shell.path} />
      {key}
      {row.state !== 'kept' && (
        <button type="submit" class="button small">
          {t('stranger-keep')}
        </button>
      )}
      {model.canAdopt && row.state !== 'adopted' && (
        <button type="submit" class="button small" formaction={actions.adoptStranger(node)}>
          {t('stranger-adopt')}
        </button>
      )}
      {row.state !== 'removing' && (
        <a class="button small danger" href={withQuery(confirmed.removeStranger(node), { key: row.key })}>
          {t('stranger-remove')}
        </a>
      )}
    </form>
  );
}
