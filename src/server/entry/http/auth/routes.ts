import type { Route } from '../routes.ts';
import { loginRoutes } from './login.ts';
import { operatorRoutes } from './operators.ts';
import type { AuthDeps } from './parts.ts';
import { preferenceRoutes } from './preferences.ts';
import { secondFactorRoutes } from './second-factor.ts';
import { sessionRoutes } from './sessions.ts';
import { setupRoutes } from './setup.ts';

/** The way in and out, and who may come. */
export function authRoutes(deps: AuthDeps): readonly Route[] {
  return [
    ...setupRoutes(deps),
    ...loginRoutes(deps),
    ...secondFactorRoutes(deps),
    ...sessionRoutes(deps),
    ...operatorRoutes(deps),
    ...preferenceRoutes(),
  ];
}
