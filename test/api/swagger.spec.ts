/** Swagger UI in a real browser, on a real API and database: what a person does with it, from the token to the last delete. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Locator } from 'playwright-core';
import { ADMIN_TOKEN, ApiUnderTest, type Created } from '../support/api-under-test.js';
import { BrowserUnderTest } from '../support/browser.js';

let api: ApiUnderTest;
let browser: BrowserUnderTest;
let service: Created;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  browser = await BrowserUnderTest.open(`${api.base}/docs/`);
});

afterAll(async () => {
  await browser.close();
  await api.close();
});

/** The block of an operation, opened. */
async function open(tag: string, operationId: string): Promise<Locator> {
  const block = browser.page.locator(`#operations-${tag}-${operationId}`);
  await block.locator('.opblock-summary-control').click();
  await block.locator('button.execute').waitFor();
  return block;
}

interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Presses Execute, and reads what the page then shows of the answer. */
async function execute(block: Locator): Promise<Answered> {
  await block.locator('button.execute').click();
  const live = block.locator('.live-responses-table');
  await live.locator('.response-col_status').first().waitFor();
  const status = Number.parseInt(await live.locator('tbody .response-col_status').first().innerText(), 10);
  // For the screenshots.
  await live.locator('tbody .response-col_status').first().scrollIntoViewIfNeeded();
  const shown = live.locator('.highlight-code .microlight, .highlight-code code').first();
  return { status, body: (await shown.count()) === 0 ? '' : await shown.innerText() };
}

async function shot(name: string): Promise<void> {
  const folder = process.env['HOMEWARD_SCREENSHOTS'];
  if (folder !== undefined) await browser.page.screenshot({ path: `${folder}/${name}.png` });
}

it('shows the document under its title, without asking anybody else', async () => {
  const { page } = browser;
  await page.locator('.opblock').first().waitFor();
  expect(await page.title()).toBe('Homeward API');
  expect(await page.locator('.info').innerText()).toContain('Homeward');
  expect(await page.locator('link[rel*="icon"]').first().getAttribute('href')).toContain(
    'data:image/svg+xml',
  );
  await shot('1-start');
});

it('authorizes with a pasted token, which a reload keeps', async () => {
  const { page } = browser;
  await page.locator('.auth-wrapper .authorize').first().click();
  await page.locator('.modal-ux input').fill(ADMIN_TOKEN);
  await shot('2-authorize');
  await page.locator('.modal-ux button.authorize').click();
  await page.goto(`${api.base}/docs/#/Virtual%20Services/createVirtualService`);
  await page.reload();
  await page.locator('button.execute').waitFor();
  expect(await page.locator('.auth-wrapper .authorize.locked').count()).toBe(1);
});

it('makes a service with two servers from the example as it stands, where a deep link opened it', async () => {
  const block = browser.page.locator('#operations-Virtual_Services-createVirtualService');
  await shot('3-create');
  const asked = browser.page.waitForRequest((request) => request.method() === 'POST');
  const { status, body } = await execute(block);
  expect((await asked).headers()['accept']).toBe('application/json');
  await shot('4-created');
  expect(status, body).toBe(201);
  service = JSON.parse(body) as Created;
  expect(service.realServers).toHaveLength(2);
});

it('lists services with the parameters as they stand', async () => {
  const block = await open('Virtual_Services', 'listVirtualServices');
  await shot('5-list-parameters');
  const { status, body } = await execute(block);
  await shot('6-list');
  expect(status, body).toBe(200);
  expect(body).toContain(service.id);
});

it('reads the plan of a change, which does nothing', async () => {
  const block = await open('Real_Servers', 'attachRealServer');
  await block.locator('tr[data-param-name="id"] input').fill(service.id);
  await block.locator('tr[data-param-name="dryRun"] select').selectOption('true');
  await block.locator('textarea.body-param__text').fill('{ "address": "192.0.2.13" }');
  const { status, body } = await execute(block);
  await shot('7-plan');
  expect(status, body).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ allowed: true });
  const { body: now } = await api.get(`/v1/virtual-services/${service.id}`).expect(200);
  expect((now as Created).realServers).toHaveLength(2);
  await block.locator('button.btn-clear').click();
  await block.locator('tr[data-param-name="dryRun"] select').selectOption('false');
});

it('shows which constraint a change breaks, and what to do about it', async () => {
  const block = browser.page.locator('#operations-Real_Servers-attachRealServer');
  await block.locator('textarea.body-param__text').fill('{ "address": "192.0.2.13", "port": 8080 }');
  const { status, body } = await execute(block);
  await shot('8-constraint');
  expect(status, body).toBe(422);
  expect(JSON.parse(body)).toMatchObject({
    code: 'direct-return-keeps-the-port',
    errors: [{ field: '/realServers/2/port', hint: expect.stringMatching(/\S/) as string }],
  });
});

it('deletes it', async () => {
  const block = await open('Virtual_Services', 'deleteVirtualService');
  await block.locator('tr[data-param-name="id"] input').fill(service.id);
  const { status, body } = await execute(block);
  await shot('9-deleted');
  expect(status, body).toBe(204);
  await api.get(`/v1/virtual-services/${service.id}`).expect(404);
});

it('asked for nothing from anywhere else, and left nothing red in the console', () => {
  // The browser itself says of each refused request that it was refused.
  const refused = /^Failed to load resource: the server responded with a status of 422/;
  expect(browser.findings.filter((finding) => !refused.test(finding))).toEqual([]);
  expect(browser.findings.some((finding) => refused.test(finding))).toBe(true);
});
