/** Configurations of all kinds that break no rule, and how tests read the one that an API has. */
import fc from 'fast-check';
import type { ApiUnderTest } from './api-under-test.js';

const PATH = '/v1/configuration';

/** The text of the export. */
export async function exportOf(api: ApiUnderTest, format: 'json' | 'yaml', query = ''): Promise<string> {
  const answer = await api
    .get(PATH + query)
    .set('Accept', `application/${format}`)
    .responseType('blob');
  if (answer.status !== 200) throw new Error(`no export: ${String(answer.body)}`);
  return (answer.body as Buffer).toString('utf8');
}

/** Applies a text and approves what it is asked to approve; it must be accepted. */
export async function applyText(
  api: ApiUnderTest,
  format: 'json' | 'yaml',
  text: string,
): Promise<{ readonly revision: number | null; readonly changes: readonly { readonly action: string }[] }> {
  const put = (query: string) =>
    api
      .send('put', PATH + query)
      .type(`application/${format}`)
      .serialize((body) => String(body))
      .send(text as unknown as object);
  const first = await put('');
  const { code, plan } = first.body as { code?: string; plan?: { approve: string } };
  const answer = code === 'approval-required' ? await put(`?approve=${plan?.approve}`) : first;
  if (!answer.ok) throw new Error(`the configuration was refused: ${answer.text}`);
  return answer.body;
}

/** Words that YAML or JSON could take for something else, or that need care. */
const words = fc.oneof(
  fc.constantFrom(
    '',
    'no',
    '~',
    'null',
    '0x1F',
    '1.0',
    ' a: b # c',
    '- x',
    '*a',
    '&b',
    '"',
    "'",
    '{',
    '@',
    'ü \u{1f6d2}',
  ),
  fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .map((text) => text.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '')),
);
const lines = fc.oneof(
  words,
  fc.array(words, { maxLength: 3 }).map((each) => each.join('\n')),
);

const check = fc.oneof(
  fc.constant({ type: 'none' }),
  fc.record(
    {
      type: fc.constant('tcp'),
      intervalSeconds: fc.integer({ min: 10, max: 20 }),
      timeoutSeconds: fc.integer({ min: 1, max: 9 }),
      port: fc.constantFrom(null, 8080),
    },
    { requiredKeys: ['type', 'intervalSeconds'] },
  ),
  fc.record(
    {
      type: fc.constantFrom('http', 'https'),
      rise: fc.integer({ min: 1, max: 3 }),
      path: fc.constantFrom('/', '/health?x=1'),
      expectedBody: fc.constantFrom(null, 'ok: yes'),
    },
    { requiredKeys: ['type'] },
  ),
);

const server = fc.record(
  {
    weight: fc.integer({ min: 0, max: 65_535 }),
    enabled: fc.boolean(),
    managed: fc.boolean(),
    port: fc.constant(null),
  },
  { requiredKeys: [] },
);
const servers = (family: 'ipv4' | 'ipv6') =>
  fc.dictionary(fc.integer({ min: 1, max: 12 }).map(String), server, { maxKeys: 4 }).map((each) =>
    Object.entries(each).map(([host, rest]) => ({
      address: family === 'ipv4' ? `198.51.100.${host}` : `2001:db8:1::${host}`,
      ...rest,
    })),
  );

const service = (family: 'ipv4' | 'ipv6') =>
  fc.record(
    {
      name: words,
      description: lines,
      enabled: fc.boolean(),
      scheduler: fc.constantFrom('maglev', 'source-hash'),
      persistence: fc.constantFrom(null, { type: 'source-ip', timeoutSeconds: 60, prefixLength: 24 }),
      healthCheck: check,
      drainSeconds: fc.integer({ min: 0, max: 400 }),
      tags: fc.dictionary(fc.constantFrom('env', 'team', 'a.b/c'), words, { maxKeys: 3 }),
      realServers: servers(family),
    },
    { requiredKeys: ['realServers'] },
  );

/** Their places are far enough from each other for any range. */
const placed = fc.oneof(
  fc.tuple(
    fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.10'),
    fc.constantFrom(80, 443, 8_000),
    service('ipv4'),
  ),
  fc.tuple(fc.constantFrom('2001:db8::1', '2001:db8::a'), fc.constantFrom(80, 443), service('ipv6')),
);

/** A list of virtual services as bodies. */
export const configurations: fc.Arbitrary<readonly object[]> = fc
  .uniqueArray(fc.tuple(placed, fc.constantFrom(null, 3)), {
    maxLength: 7,
    selector: ([[address, port]]) => `${address} ${port}`,
  })
  .map((all) =>
    all.map(([[address, port, rest], range]) => ({
      address,
      protocol: 'tcp',
      port,
      ...(range !== null && { endPort: port + range }),
      ...rest,
    })),
  );
