/** What was answered and stands nowhere in the OpenAPI document: it is the contract, and programs decide by codes. */
import type { ApiUnderTest } from './api-under-test.js';

type Responses = Readonly<Record<string, { readonly 'x-problem-codes'?: readonly string[] }>>;
type Paths = Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;

/** Each once, as `post /v1/plans 400 not-plannable`. A path that is no operation's is nobody's contract. */
export async function undocumentedProblems(api: ApiUnderTest): Promise<string[]> {
  const { paths } = (await api.get('/openapi.json').expect(200)).body as { paths: Paths };
  // Names stand before `{id}`, as the router has it.
  const known = Object.keys(paths)
    .sort((a, b) => a.split('{').length - b.split('{').length)
    .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));
  const missing = api.problems.flatMap(({ method, path: sent, status, code, entries }) => {
    const path = known.find(({ pattern }) => pattern.test(sent))?.path ?? '';
    const responses = paths[path]?.[method]?.responses;
    if (responses === undefined) return [];
    const ofStatus = responses[String(status)]?.['x-problem-codes'] ?? [];
    // All that is wrong is told at once, under the status of the worst of it.
    const ofAny = new Set(Object.values(responses).flatMap((each) => each['x-problem-codes'] ?? []));
    return [
      ...(ofStatus.includes(code) ? [] : [`${method} ${path} ${status} ${code}`]),
      ...entries.filter((each) => !ofAny.has(each)).map((each) => `${method} ${path} entry ${each}`),
    ];
  });
  return [...new Set(missing)].sort();
}
