import { AppError } from '../../core/errors.ts';
import type { HttpAnswer } from '../../core/ports/http-requester.ts';

/** The JSON of a good answer. A refusal, and a 200 that is none (empty, HTML, another service), throw AppError. */
export function jsonOf(name: string, answer: HttpAnswer): unknown {
  if (answer.status !== 200) throw refused(name, answer);
  const type = answer.headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) throw noAnswer(name, answer, `of type ${type || 'none'}`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
  } catch {
    throw noAnswer(name, answer, 'that is no JSON');
  }
}

function noAnswer(name: string, { status, body }: HttpAnswer, what: string): AppError {
  const details = { reason: 'no_answer', status, bytes: body.byteLength };
  return new AppError('invalid', `${name} was answered with something ${what}.`, { details });
}

function refused(name: string, answer: HttpAnswer): AppError {
  const { status } = answer;
  const details = { reason: `status_${status}`, status, said: saidIn(answer) };
  if (status === 401 || status === 403) {
    return new AppError('invalid', `${name}: the key is refused (XRAY_API_KEY).`, { details });
  }
  if (status === 504) return new AppError('timeout', `${name}: the Xray there does not answer.`, { details });
  if (status === 429 || status >= 500) {
    return new AppError('unavailable', `${name} is not possible at the moment.`, { details });
  }
  return new AppError('invalid', `${name} was refused.`, { details });
}

/** `{error: {code, message}}`, as far as it is there; for the log. */
function saidIn({ body }: HttpAnswer): string {
  const text = new TextDecoder().decode(body.subarray(0, 2000));
  try {
    const { code, message } = JSON.parse(text).error;
    return `${code}: ${message}`.slice(0, 300);
  } catch {
    return text.slice(0, 80);
  }
}
