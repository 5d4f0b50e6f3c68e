import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Document, ServiceDocument } from '../contract/documents.js';
import { FakeForwardingDriver } from './drivers/forwarding-driver.fake.js';
import { Engine } from './engine.js';
import { FakeDirectorHost } from './network/director-host.fake.js';

const SEED = 7;
let stateDir: string;
let host: FakeDirectorHost;
let driver: FakeForwardingDriver;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'homeward-engine-'));
  host = new FakeDirectorHost();
  driver = new FakeForwardingDriver();
});
afterEach(() => rm(stateDir, { recursive: true }));

function service(last: number, server = '192.0.2.11'): Document<ServiceDocument> {
  const body: ServiceDocument = {
    kind: 'service',
    number: last,
    address: `192.0.2.${last}`,
    protocol: 'tcp',
    port: 80,
    endPort: 80,
    scheduler: 'maglev',
    slots: 1,
    servers: [{ number: last * 10, address: server, weight: 1 }],
  };
  return { key: `${last}`, version: 1, revision: 1, body };
}

async function start(documents: readonly Document<ServiceDocument>[], readingAgeMs = 0): Promise<Engine> {
  const engine = new Engine({ driver, commands: host, stateDir, interface: undefined, readingAgeMs });
  await engine.reconcile(new Map(documents.map((each) => [each.key, each])), SEED);
  return engine;
}

async function vipsHeld(engine: Engine) {
  return (await engine.describe()).conditions.find(({ type }) => type === 'VipsHeld');
}

describe('a VIP that cannot be held', () => {
  it('is told, and is no reason to bring everything anew with every look', async () => {
    host.refusing.add('192.0.2.201');
    const engine = await start([service(201), service(202)]);
    expect((await vipsHeld(engine))?.message).toContain('192.0.2.201');
    await setTimeout(20);
    expect(driver.reconciled).toBe(1);
  });
});
