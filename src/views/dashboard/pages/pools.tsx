import { rough } from '../format.ts';
import { Field, formProblem, Hidden, PostForm } from '../forms.tsx';
import { visible } from '../hidden-characters.ts';
import { Icon } from '../icons.tsx';
import type { PoolsModel } from '../models/machine.ts';
import type { Shell } from '../models.ts';
import { HistoryLine } from '../overview/numbers.tsx';
import { DaysLeft, PoolShares } from '../overview/pools.tsx';
import { Empty, may, ProblemBox } from '../parts.tsx';
import { actions, paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Foreign, Moment } from '../text.tsx';

export function PoolsPage({ shell, model }: { shell: Shell; model: PoolsModel }) {
  const { t } = shell;
  return (
    <Layout
      shell={shell}
      title={t('nav-pools')}
      tools={
        <a class="button small quiet" href={paths.history('pools')}>
          {t('history')}
        </a>
      }
    >
      {model.pools.length === 0 && <Empty title={t('pools-empty')}>{t('pools-empty-do')}</Empty>}
      <div class="panels">
        {model.pools.map((pool) => (
          <PoolCard shell={shell} pool={pool} />
        ))}
      </div>
      {may(shell, 'operator') && <AddPool shell={shell} model={model} />}
    </Layout>
  );
}

function PoolCard({ shell, pool }: { shell: Shell; pool: PoolsModel['pools'][number] }) {
  const { t } = shell;
  return (
    <section class="panel" aria-labelledby={`pool-${pool.id}-title`}>
      <header class="panel-head">
        <h2 id={`pool-${pool.id}-title`}>
          <code>{pool.cidr4}</code>
        </h2>
        <DaysLeft setting={shell} pool={pool} />
      </header>
      <PoolShares setting={shell} pool={pool} />
      {pool.history && <HistoryLine setting={shell} name={t('address-leased')} series={pool.history} />}
      <ul class="lines">
        <li>
          <span>{t('pool-growth')}</span>
          <Growth shell={shell} perDay={pool.growthPerDay} />
        </li>
        <li>
          <span>{t('col-node')}</span>
          <Foreign text={pool.node} />
        </li>
        <li>
          <span>IPv6</span>
          {pool.cidr6 ? <code>{pool.cidr6}</code> : <span class="muted">{t('none')}</span>}
        </li>
        <li>
          <span>{t('col-since')}</span>
          <Moment setting={shell} at={pool.createdAt} />
        </li>
      </ul>
    </section>
  );
}

function Growth({ shell, perDay }: { shell: Shell; perDay: number | null }) {
  if (perDay === null) return <span class="muted">{shell.t('pool-young')}</span>;
  const tenth = Math.round(perDay * 10) / 10;
  return <span>{`${tenth > 0 ? '+' : ''}${rough(shell.language, tenth + 0)}`}</span>;
}

function AddPool({ shell, model }: { shell: Shell; model: PoolsModel }) {
  const { t } = shell;
  const { form, nodes } = model;
  const [only] = nodes;
  return (
    <section class="card">
      <h2>{t('pool-add')}</h2>
      <p class="muted">{t('pool-add-about')}</p>
      <ProblemBox problem={formProblem(form, ['cidr4', 'cidr6', 'node'])} />
      <PostForm shell={shell} action={actions.addPool} class="form inline">
        {nodes.length === 1 && only !== undefined ? (
          <Hidden name="node" value={only} />
        ) : (
          <div class="field">
            <label for="node">{t('col-node')}</label>
            <select id="node" name="node">
              {nodes.map((node) => (
                <option value={node} selected={node === form.values.node}>
                  {visible(node)}
                </option>
              ))}
            </select>
          </div>
        )}
        <Field
          name="cidr4"
          label={t('pool-cidr4')}
          form={form}
          placeholder="10.67.0.0/16"
          required={true}
          maxlength={18}
        />
        <Field name="cidr6" label={t('pool-cidr6')} form={form} placeholder="fd00:67::/112" maxlength={43} />
        <button type="submit" class="button primary">
          <Icon name="plus" /> {t('pool-add')}
        </button>
      </PostForm>
    </section>
  );
}
