import { number } from '../format.ts';
import { Table, Th } from '../lists.tsx';
import type { PlanRow, PlansModel } from '../models/machine.ts';
import type { Shell } from '../models.ts';
import { Empty } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Layout } from '../shell.tsx';
import { Foreign } from '../text.tsx';

export function PlansPage({ shell, model }: { shell: Shell; model: PlansModel }) {
  const { t } = shell;
  return (
    <Layout shell={shell} title={t('nav-plans')}>
      <p class="muted about">{t('plans-about')}</p>
      {model.plans.length === 0 ? (
        <Empty title={t('plans-empty')}>{t('plans-empty-do')}</Empty>
      ) : (
        <Table
          label={t('nav-plans')}
          head={
            <>
              <Th text={t('col-plan')} />
              <Th class="w-num number" text={t('col-days')} />
              <Th class="w-num number" text={t('col-devices')} />
              <Th class="w-num number" text={t('nav-accounts')} />
              <Th class="hide-s" text={t('col-set-by')} />
            </>
          }
        >
          {model.plans.map((plan) => (
            <PlanLine shell={shell} plan={plan} />
          ))}
        </Table>
      )}
    </Layout>
  );
}

function PlanLine({ shell, plan }: { shell: Shell; plan: PlanRow }) {
  const { t, language } = shell;
  return (
    <tr>
      <th scope="row">
        <Foreign text={plan.name} />
      </th>
      <td class="number" data-label={t('col-days')}>
        {number(language, plan.days)}
      </td>
      <td class="number" data-label={t('col-devices')}>
        {number(language, plan.devices)}
      </td>
      <td class="number" data-label={t('nav-accounts')}>
        {number(language, plan.accounts)}
      </td>
      <td class="hide-s">
        {plan.setBy ? (
          <a href={`${paths.settings}#${plan.setBy}`}>
            <code>{plan.setBy}</code>
          </a>
        ) : (
          t('set-by-database')
        )}
      </td>
    </tr>
  );
}
