/** docs/xray-api.openapi.yaml says what the server does. */
import { expect, test } from 'bun:test';
import { createMemoryInbound } from '../../../../src/server/adapters/xray/memory-inbound.ts';
import { MOST_PER_CHANGE, MOST_PER_PAGE } from '../../../../src/server/core/user-api.ts';
import { userRoutes } from '../../../../src/server/entry/http/user-api/routes.ts';

const file = new URL('../../../../docs/xray-api.openapi.yaml', import.meta.url);
// biome-ignore lint/suspicious/noExplicitAny: a description of any depth
const description = Bun.YAML.parse(await Bun.file(file).text()) as any;

test('it has the paths and methods of the server, and no others', () => {
  const routes = Object.entries(userRoutes(createMemoryInbound()));
  const served = routes.flatMap(([path, methods]) => Object.keys(methods).map((each) => `${each} ${path}`));
  const described = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((each) => `${each.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(served.toSorted());
});

test('it has the limits of the server', () => {
  const { get, put } = description.paths['/v1/users'];
  expect(get.parameters[0].schema.maximum).toBe(MOST_PER_PAGE);
  expect(put.requestBody.content['application/json'].schema.properties.users.maxItems).toBe(MOST_PER_CHANGE);
});

test('every reference leads somewhere', () => {
  const text = JSON.stringify(description);
  const targets = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1]!);
  expect(targets.length).toBeGreaterThan(5);
  for (const target of targets) {
    const found = target.split('/').reduce((at, key) => at?.[key], description);
    expect(found, target).toBeDefined();
  }
});
