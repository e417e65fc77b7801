import { number } from '../format.ts';
import { Hidden } from '../forms.tsx';
import { clipped, visible } from '../hidden-characters.ts';
import { Icon } from '../icons.tsx';
import type { ConfirmKind, ConfirmModel, Shell } from '../models.ts';
import { ProblemBox } from '../parts.tsx';
import { Layout } from '../shell.tsx';
import { Foreign } from '../text.tsx';

/** What cannot be taken back is red. */
const GENTLE: readonly ConfirmKind[] = [
  'jobs-retry',
  'account-pause',
  'account-resume',
  'peer-reissue',
  'removal-refuse',
];

/** Asks before it is done: what, to how many, with what effect. Some want a word typed. */
export function ConfirmPage({ shell, model }: { shell: Shell; model: ConfirmModel }) {
  const { t, language } = shell;
  const { kind } = model;
  const count = { count: model.count, shown: number(language, model.count) };
  return (
    <Layout shell={shell} title={t(`confirm-${kind}`, count)}>
      <section class="card confirm">
        <p class="confirm-subject">
          <Foreign text={clipped(model.subject, 200)} whole={true} />
        </p>
        <p>{t(`confirm-${kind}-effect`, count)}</p>
        <ProblemBox problem={model.problem?.field === 'typed' ? null : model.problem} />
        <form method="post" action={model.action} class="form">
          <Hidden name="csrf" value={shell.csrf} />
          <Hidden name="back" value={model.back} />
          {Object.entries(model.fields).map(([name, value]) => (
            <Hidden name={name} value={value} />
          ))}
          {model.typed !== null && <TypedField shell={shell} model={model} typed={model.typed} />}
          <div class="form-end">
            <button type="submit" class={GENTLE.includes(kind) ? 'button primary' : 'button danger solid'}>
              {t(`confirm-${kind}-do`, count)}
            </button>
            <a class="button quiet" href={model.back} id="cancel">
              <Icon name="left" /> {t('go-back')}
            </a>
          </div>
        </form>
      </section>
    </Layout>
  );
}

function TypedField({ shell, model, typed }: { shell: Shell; model: ConfirmModel; typed: string }) {
  const wrong = model.problem?.field === 'typed' ? model.problem.text : null;
  return (
    <div class="field">
      <label for="typed">{shell.t('confirm-type', { word: clipped(visible(typed), 60) })}</label>
      <input
        id="typed"
        name="typed"
        required
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={wrong ? 'true' : undefined}
        aria-describedby={wrong ? 'typed-problem' : undefined}
      />
      {wrong && (
        <p class="field-problem" id="typed-problem" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}
