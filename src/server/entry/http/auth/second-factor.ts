import type { FormState } from '../../../../views/dashboard/models.ts';
import {
  RecoveryCodesPage,
  RenewCodesPage,
  SecondFactorOffPage,
} from '../../../../views/dashboard/pages/second-factor.tsx';
import { TotpSetupPage } from '../../../../views/dashboard/pages/setup.tsx';
import { paths } from '../../../../views/dashboard/paths.ts';
import {
  confirmEnrolment,
  dropSecondFactor,
  enrolment,
  renewRecoveryCodes,
} from '../../../services/way-in/second-factor.ts';
import { page, seeOther } from '../answers.ts';
import { operatorOf, type Route, type RouteContext, sessionOf } from '../routes.ts';
import { type AuthDeps, clean, refused, visitorOf } from './parts.ts';

/** Turning the second factor on and off, and new recovery codes; everybody does it for themselves. */
export function secondFactorRoutes(deps: AuthDeps): readonly Route[] {
  const see = { method: 'GET', role: 'viewer', kind: 'page' } as const;
  const act = { method: 'POST', role: 'viewer', kind: 'action' } as const;
  return [
    { ...see, path: paths.totpSetup, handle: (context) => enrol(deps, context, clean()) },
    { ...act, path: paths.totpSetup, handle: (context) => confirm(deps, context) },
    { ...see, path: paths.totpOff, handle: async (context) => offPage(context, clean()) },
    { ...act, path: paths.totpOff, handle: (context) => turnOff(deps, context) },
    { ...see, path: paths.recoveryCodes, handle: async (context) => renewPage(context, clean()) },
    { ...act, path: paths.recoveryCodes, handle: (context) => renew(deps, context) },
  ];
}

async function enrol(
  deps: AuthDeps,
  context: RouteContext,
  form: FormState,
  status = 200,
): Promise<Response> {
  const pending = await enrolment(deps.wayIn, operatorOf(context).id);
  if (pending === null) return seeOther(paths.sessions);
  const qr = deps.qr(pending.address);
  const model = { form, qr, key: pending.key, optional: true };
  return page(String(TotpSetupPage({ shell: context.shell(), model })), status);
}

async function confirm(deps: AuthDeps, context: RouteContext): Promise<Response> {
  const code = (await context.form()).get('code') ?? '';
  const outcome = await confirmEnrolment(deps.wayIn, sessionOf(context), code, visitorOf(context));
  const shell = context.shell();
  switch (outcome.kind) {
    case 'on':
      return page(String(RecoveryCodesPage({ shell, codes: outcome.recoveryCodes })));
    case 'wrong':
      return enrol(deps, context, refused({}, 'code', shell.t('code-wrong')), 422);
    case 'wait':
      return enrol(
        deps,
        context,
        refused({}, null, shell.t('login-wait', { seconds: outcome.seconds })),
        429,
      );
  }
}

function offPage(context: RouteContext, form: FormState, status = 200): Response {
  return page(String(SecondFactorOffPage({ shell: context.shell(), form })), status);
}

async function turnOff(deps: AuthDeps, context: RouteContext): Promise<Response> {
  const code = (await context.form()).get('code') ?? '';
  const outcome = await dropSecondFactor(deps.wayIn, sessionOf(context), code, visitorOf(context));
  const { t } = context.shell();
  switch (outcome.kind) {
    case 'off':
      return seeOther(paths.sessions, { tone: 'good', key: 'second-factor-is-off' });
    case 'wrong':
      return offPage(context, refused({}, 'code', t('code-wrong')), 422);
    case 'wait':
      return offPage(context, refused({}, null, t('login-wait', { seconds: outcome.seconds })), 429);
  }
}

function renewPage(context: RouteContext, form: FormState, status = 200): Response {
  return page(String(RenewCodesPage({ shell: context.shell(), form })), status);
}

async function renew(deps: AuthDeps, context: RouteContext): Promise<Response> {
  const code = (await context.form()).get('code') ?? '';
  const outcome = await renewRecoveryCodes(deps.wayIn, sessionOf(context), code, visitorOf(context));
  const shell = context.shell();
  switch (outcome.kind) {
    case 'renewed':
      return page(String(RecoveryCodesPage({ shell, codes: outcome.recoveryCodes })));
    case 'wrong':
      return renewPage(context, refused({}, 'code', shell.t('code-wrong')), 422);
    case 'wait':
      return renewPage(context, refused({}, null, shell.t('login-wait', { seconds: outcome.seconds })), 429);
  }
}
