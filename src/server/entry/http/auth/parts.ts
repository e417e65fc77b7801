import type { FormState } from '../../../../views/dashboard/models.ts';
import { DEVICE_KNOWN_MS, SESSION_LONGEST_MS } from '../../../core/operator-rules.ts';
import type { Sessions } from '../../../services/way-in/sessions.ts';
import type { Opened, Visitor, WayInDeps } from '../../../services/way-in/way-in.ts';
import { seeOther } from '../answers.ts';
import { COOKIES, cookie, noCookie, readCookies } from '../cookies.ts';
import type { RouteContext } from '../routes.ts';

export interface AuthDeps {
  readonly wayIn: WayInDeps;
  readonly sessions: Sessions;
  /** The modules of a QR code; true is dark. */
  readonly qr: (text: string) => readonly (readonly boolean[])[];
}

export function visitorOf({ request, client, now }: RouteContext): Visitor {
  const deviceToken = readCookies(request.headers).get(COOKIES.device) || null;
  return { address: client.address, agent: client.userAgent, deviceToken, now };
}

/** Logged in: on to `path`, with a fresh session in the cookie; what belonged to the steps before goes. */
export function enter(path: string, opened: Opened): Response {
  const answer = seeOther(path);
  const set = (line: string) => answer.headers.append('set-cookie', line);
  set(cookie(COOKIES.session, opened.sessionToken, SESSION_LONGEST_MS / 1000));
  set(cookie(COOKIES.device, opened.deviceToken, DEVICE_KNOWN_MS / 1000));
  set(noCookie(COOKIES.code));
  set(noCookie(COOKIES.visitor));
  return answer;
}

/** A form with nothing wrong in it. */
export const clean = (values: Readonly<Record<string, string>> = {}): FormState => ({
  values,
  problem: null,
});

export const refused = (
  values: Readonly<Record<string, string>>,
  field: string | null,
  text: string,
): FormState => ({ values, problem: { field, text } });

/** Fields of a form as they were typed, without the passwords. */
export function shown(form: URLSearchParams, ...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, form.get(name) ?? '']));
}
