import { Icon } from '../icons.tsx';
import type { ErrorModel, Shell } from '../models.ts';
import { paths } from '../paths.ts';
import { Layout, Narrow } from '../shell.tsx';
import { Code } from '../text.tsx';

/** An error inside the house keeps the menu; before login, or with the database away, it is a page of its own. */
export function ErrorPage({ shell, model }: { shell: Shell; model: ErrorModel }) {
  const title = shell.t(`error-${model.kind}`);
  if (shell.operator === null || model.kind === 'database-away') {
    return (
      <Narrow shell={shell} title={title}>
        <h1>{title}</h1>
        <ErrorText shell={shell} model={model} />
      </Narrow>
    );
  }
  return (
    <Layout shell={shell} title={title}>
      <section class="card">
        <ErrorText shell={shell} model={model} />
      </section>
    </Layout>
  );
}

function ErrorText({ shell, model }: { shell: Shell; model: ErrorModel }) {
  const { t } = shell;
  return (
    <div class="error-text" data-error={model.kind}>
      <p>{model.text ?? t(`error-${model.kind}-about`)}</p>
      {model.incident !== null && (
        <p>
          {t('incident')} <Code t={t} text={model.incident} copy={true} />
        </p>
      )}
      <p class="form-end">
        <a class="button primary" href={model.kind === 'database-away' ? shell.path : paths.overview}>
          {model.kind === 'database-away' ? (
            <>
              <Icon name="again" /> {t('try-again')}
            </>
          ) : (
            t('to-overview')
          )}
        </a>
      </p>
    </div>
  );
}
