/** Whatever is configured: its export makes the same again, and is the same again, in JSON and in YAML. */
import fc from 'fast-check';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { applyText, configurations, exportOf } from '../support/configurations.js';

const RUNS = 20;
const SEED = 20_261_123;
const NOTHING = '{"virtualServices":[]}';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

it('export, wipe and apply gives the same, and applying it once more changes nothing', async () => {
  const kept = new Set<string>();
  await fc.assert(
    fc.asyncProperty(configurations, fc.constantFrom('json', 'yaml'), async (virtualServices, format) => {
      await applyText(api, 'json', JSON.stringify({ virtualServices }));
      const first = await exportOf(api, format);
      kept.add(first);
      await applyText(api, 'json', NOTHING);
      await applyText(api, format, first);
      expect(await exportOf(api, format)).toBe(first);
      expect(JSON.parse(await exportOf(api, 'json'))).toEqual(load(await exportOf(api, 'yaml')));
      const before = await api.contents();
      expect(await applyText(api, format, first)).toEqual({ revision: null, changes: [] });
      const turned = JSON.stringify({ virtualServices: virtualServices.toReversed() });
      expect(await applyText(api, 'json', turned)).toEqual({ revision: null, changes: [] });
      expect(await api.contents()).toEqual(before);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(kept.size).toBeGreaterThan(RUNS / 2);
});
