import type { Child } from 'hono/jsx';
import { Field, formProblem, PostForm } from '../forms.tsx';
import type { FormState, Shell } from '../models.ts';
import { ProblemBox } from '../parts.tsx';
import { paths } from '../paths.ts';
import { Layout, Narrow } from '../shell.tsx';
import { Code } from '../text.tsx';

/** Shown once, when the second factor is turned on. */
export function RecoveryCodesPage({ shell, codes }: { shell: Shell; codes: readonly string[] }) {
  const { t } = shell;
  return (
    <Narrow shell={shell} title={t('recovery-title')}>
      <h1>{t('recovery-title')}</h1>
      <p>{t('recovery-about')}</p>
      <ul class="recovery-codes">
        {codes.map((code) => (
          <li>
            <Code t={t} text={code} />
          </li>
        ))}
      </ul>
      <a class="button primary" href={paths.overview}>
        {t('recovery-kept')}
      </a>
    </Narrow>
  );
}

interface AskedFor {
  readonly shell: Shell;
  readonly form: FormState;
}

export function SecondFactorOffPage({ shell, form }: AskedFor) {
  return (
    <Layout shell={shell} title={shell.t('second-factor-off')}>
      <section class="card">
        <p>{shell.t('second-factor-off-about')}</p>
        <CodeForm shell={shell} form={form} action={paths.totpOff}>
          <button type="submit" class="button danger solid">
            {shell.t('second-factor-off-do')}
          </button>
        </CodeForm>
      </section>
    </Layout>
  );
}

export function RenewCodesPage({ shell, form }: AskedFor) {
  return (
    <Layout shell={shell} title={shell.t('recovery-renew')}>
      <section class="card">
        <p>{shell.t('recovery-renew-about')}</p>
        <CodeForm shell={shell} form={form} action={paths.recoveryCodes}>
          <button type="submit" class="button primary">
            {shell.t('recovery-renew-do')}
          </button>
        </CodeForm>
      </section>
    </Layout>
  );
}

/** What an open browser alone must not be enough for: a code is asked again. */
function CodeForm({ shell, form, action, children }: AskedFor & { action: string; children: Child }) {
  return (
    <>
      <ProblemBox problem={formProblem(form, ['code'])} />
      <PostForm shell={shell} action={action}>
        <Field
          name="code"
          label={shell.t('totp-code')}
          form={form}
          autocomplete="one-time-code"
          required={true}
          maxlength={24}
        />
        {children}
      </PostForm>
    </>
  );
}
