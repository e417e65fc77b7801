import { visible } from '../hidden-characters.ts';
import { Choice, FilterForm, ListHead, ListRegion, Pager } from '../lists.tsx';
import type { PeersModel } from '../models/people.ts';
import type { Shell } from '../models.ts';
import { Empty } from '../parts.tsx';
import { csvPaths, paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { PeersTable } from './peers-table.tsx';

/** States, and two questions beyond them: what is not as wanted yet, and who never shook hands. */
const STATES = ['applied', 'pending', 'late', 'removing', 'paused', 'gone', 'unapplied', 'never'] as const;
const SORTS = ['newest', 'handshake', 'traffic', 'address'] as const;

export function PeersPage({ shell, model }: { shell: Shell; model: PeersModel }) {
  const { t } = shell;
  const { filters, page } = model;
  return (
    <Layout shell={shell} title={t('nav-peers')}>
      <PeerFilters shell={shell} model={model} />
      <ListRegion shell={shell} watch={page.prev === null ? 'peers' : null}>
        <ListHead shell={shell} page={page} filters={filters} csv={csvPaths.peers} />
        {page.rows.length > 0 && <PeersTable shell={shell} rows={page.rows} withAccount={true} />}
        {page.rows.length === 0 && (
          <NoPeers shell={shell} filtered={Boolean(filters.q || filters.state || filters.node)} />
        )}
        <Pager shell={shell} path={paths.peers} filters={filters} page={page} />
      </ListRegion>
    </Layout>
  );
}

function NoPeers({ shell, filtered }: { shell: Shell; filtered: boolean }) {
  const { t } = shell;
  if (!filtered) return <Empty title={t('peers-empty')}>{t('peers-empty-do')}</Empty>;
  return (
    <Empty title={t('none-match')}>
      <a href={paths.peers}>{t('clear-filters')}</a>
    </Empty>
  );
}

function PeerFilters({ shell, model }: { shell: Shell; model: PeersModel }) {
  const { t } = shell;
  const { filters } = model;
  return (
    <FilterForm
      shell={shell}
      path={paths.peers}
      search={{ label: t('peers-search'), value: filters.q ?? '' }}
    >
      <Choice
        name="state"
        label={t('col-state')}
        value={filters.state ?? ''}
        options={[['', t('any')], ...STATES.map((state) => [state, t(`peer-${state}`)] as const)]}
      />
      {model.nodes.length > 1 && (
        <Choice
          name="node"
          label={t('col-node')}
          value={filters.node ?? ''}
          options={[['', t('any')], ...model.nodes.map((node) => [node, visible(node)] as const)]}
        />
      )}
      <Choice
        name="sort"
        label={t('sort')}
        value={filters.sort ?? 'newest'}
        options={SORTS.map((sort) => [sort, t(`sort-${sort}`)] as const)}
      />
    </FilterForm>
  );
}
