import { Field, formProblem, Hidden, PostForm } from '../forms.tsx';
import { LanguageSwitch } from '../menu.tsx';
import type { SetupModel, Shell, TotpSetupModel } from '../models.ts';
import { Empty, ProblemBox } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Narrow } from '../shell.tsx';
import { Code } from '../text.tsx';

export function SetupPage({ shell, model }: { shell: Shell; model: SetupModel }) {
  const { t } = shell;
  const { form } = model;
  if (model.token === '') {
    return <SetupOver shell={shell} />;
  }
  return (
    <Narrow shell={shell} title={t(`setup-${model.kind}`)}>
      <h1>{t(`setup-${model.kind}`)}</h1>
      <p class="muted">{t(`setup-${model.kind}-about`)}</p>
      <ProblemBox problem={formProblem(form, ['name', 'password', 'again'])} />
      <SetupForm shell={shell} model={model} />
      <LanguageSwitch shell={shell} />
    </Narrow>
  );
}

function SetupOver({ shell }: { shell: Shell }) {
  const { t } = shell;
  return (
    <Narrow shell={shell} title={t('setup-over')}>
      <h1>{t('setup-over')}</h1>
      <Empty title={t('setup-over-about')}>{t('setup-over-do')}</Empty>
      <a href={paths.login}>{t('login')}</a>
    </Narrow>
  );
}

function SetupForm({ shell, model }: { shell: Shell; model: SetupModel }) {
  const { t } = shell;
  const { form } = model;
  const secret = { form, type: 'password', autocomplete: 'new-password', required: true, maxlength: 200 };
  return (
    <form method="post" action={paths.setup} class="form">
      <Hidden name="csrf" value={shell.csrf} />
      <Hidden name="token" value={model.token} />
      {model.name === null ? (
        <Field
          name="name"
          label={t('login-name')}
          form={form}
          autocomplete="username"
          required={true}
          autofocus={true}
          maxlength={64}
        />
      ) : (
        <input type="hidden" name="name" value={model.name} autocomplete="username" />
      )}
      <Field name="password" label={t('password-new')} hint={t('password-hint')} {...secret} />
      <Field name="again" label={t('password-again')} {...secret} />
      <button type="submit" class="button primary">
        {t('setup-do')}
      </button>
    </form>
  );
}

export function TotpSetupPage({ shell, model }: { shell: Shell; model: TotpSetupModel }) {
  const { t } = shell;
  return (
    <Narrow shell={shell} title={t('totp-set-up')}>
      <h1>{t('totp-set-up')}</h1>
      <p class="muted">{t('totp-scan')}</p>
      <Qr rows={model.qr} label={t('totp-qr')} />
      <p>
        {t('totp-key')} <Code t={t} text={model.key} copy={true} />
      </p>
      <ProblemBox problem={formProblem(model.form, ['code'])} />
      <PostForm shell={shell} action={paths.totpSetup}>
        <Field
          name="code"
          label={t('totp-code')}
          form={model.form}
          autocomplete="one-time-code"
          inputmode="numeric"
          required={true}
          maxlength={10}
        />
        <div class="form-end">
          <button type="submit" class="button primary">
            {t('totp-turn-on')}
          </button>
          {model.optional && (
            <a class="button quiet" href={paths.overview}>
              {t('later')}
            </a>
          )}
        </div>
      </PostForm>
    </Narrow>
  );
}

/** Dark on white in both themes: cameras want it so. */
function Qr({ rows, label }: { rows: readonly (readonly boolean[])[]; label: string }) {
  const size = rows.length + 4;
  const path = rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + 2} ${y + 2}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect class="qr-light" width={size} height={size} />
      <path class="qr-dark" d={path} />
    </svg>
  );
}
