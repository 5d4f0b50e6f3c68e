/** What PostgreSQL refuses while a change is stored is told by its reason, and not by what it refuses after that. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
  await api.query('CREATE SEQUENCE failures');
  // Statements are prepared by then, and sent without waiting for each other.
  await create(79).expect(201);
});
afterAll(() => api.close());

/** The first rows of a service that are written from now on fail; sequences go on in what is rolled back. */
async function failOnce(raise: string): Promise<void> {
  await api.query(`
    SELECT setval('failures', 1, false);
    CREATE OR REPLACE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
      IF nextval('failures') = 1 THEN RAISE EXCEPTION 'as the test wants it' USING ${raise}; END IF;
      RETURN NEW;
    END $f$;
    CREATE OR REPLACE TRIGGER fail_once BEFORE INSERT ON virtual_service FOR EACH ROW EXECUTE FUNCTION fail_once()`);
}

const create = (port: number) =>
  api.post('/v1/virtual-services', { address: '192.0.2.200', port, protocol: 'tcp' });

it('a constraint is told by its code', async () => {
  await failOnce(`ERRCODE = '23P01', CONSTRAINT = 'virtual_service_overlaps'`);
  const { body } = await create(81).expect(409);
  expect(body).toMatchObject({ code: 'virtual-service-overlaps' });
});
