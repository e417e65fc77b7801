import { actions, paths } from '../../../../views/dashboard/paths.ts';
import { localPath, seeOther } from '../answers.ts';
import { COOKIES, cookie } from '../cookies.ts';
import type { Route, RouteContext } from '../routes.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Language and theme: of the browser, not of the operator, so that the login page has them too. */
export function preferenceRoutes(): readonly Route[] {
  const open = { method: 'POST', role: 'nobody', kind: 'action', fromMemory: true } as const;
  return [
    {
      ...open,
      path: actions.language,
      handle: (c) => remember(c, 'language', COOKIES.language, ['en', 'ru']),
    },
    {
      ...open,
      path: actions.theme,
      handle: (c) => remember(c, 'theme', COOKIES.theme, ['system', 'light', 'dark']),
    },
  ];
}

async function remember(
  context: RouteContext,
  field: string,
  name: string,
  allowed: readonly string[],
): Promise<Response> {
  const form = await context.form();
  const answer = seeOther(localPath(form.get('back'), paths.overview));
  const chosen = form.get(field) ?? '';
  if (allowed.includes(chosen)) answer.headers.append('set-cookie', cookie(name, chosen, YEAR_SECONDS));
  return answer;
}
