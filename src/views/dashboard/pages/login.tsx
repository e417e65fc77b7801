import { Field, formProblem, Hidden } from '../forms.tsx';
import { LanguageSwitch } from '../menu.tsx';
import type { LoginModel, Shell, TotpModel } from '../models.ts';
import { ProblemBox } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Narrow } from '../shell.tsx';

export function LoginPage({ shell, model }: { shell: Shell; model: LoginModel }) {
  const { t } = shell;
  const { form } = model;
  return (
    <Narrow shell={shell} title={t('login-title')}>
      <h1>{t('login-title')}</h1>
      <Wait shell={shell} seconds={model.waitSeconds} />
      <ProblemBox problem={formProblem(form, ['name', 'password'])} />
      <form method="post" action={paths.login} class="form">
        <Hidden name="csrf" value={shell.csrf} />
        <Hidden name="next" value={model.next} />
        <Field
          name="name"
          label={t('login-name')}
          form={form}
          autocomplete="username"
          required={true}
          autofocus={true}
          maxlength={64}
        />
        <Field
          name="password"
          label={t('password')}
          form={form}
          type="password"
          autocomplete="current-password"
          required={true}
          maxlength={200}
        />
        <button type="submit" class="button primary">
          {t('login')}
        </button>
      </form>
      <p class="muted hint">{t('login-lost')}</p>
      <LanguageSwitch shell={shell} />
    </Narrow>
  );
}

export function TotpPage({ shell, model }: { shell: Shell; model: TotpModel }) {
  const { t } = shell;
  return (
    <Narrow shell={shell} title={t('totp-title')}>
      <h1>{t('totp-title')}</h1>
      <Wait shell={shell} seconds={model.waitSeconds} />
      <ProblemBox problem={formProblem(model.form, ['code'])} />
      <form method="post" action={paths.totp} class="form">
        <Hidden name="csrf" value={shell.csrf} />
        <Hidden name="next" value={model.next} />
        <Field
          name="code"
          label={t('totp-code')}
          hint={t('totp-code-hint')}
          form={model.form}
          autocomplete="one-time-code"
          inputmode="numeric"
          required={true}
          autofocus={true}
          maxlength={24}
        />
        <button type="submit" class="button primary">
          {t('login')}
        </button>
      </form>
      <p>
        <a href={paths.login}>{t('login-other')}</a>
      </p>
    </Narrow>
  );
}

function Wait({ shell, seconds }: { shell: Shell; seconds: number | null }) {
  if (seconds === null) return null;
  return (
    <p class="notice tone-warn" role="alert">
      <span>{shell.t('login-wait', { seconds })}</span>
    </p>
  );
}
