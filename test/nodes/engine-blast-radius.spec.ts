/**
 * What nobody asked for takes no service away from a director: an emptied, truncated or restored database, a burst of
 * removals. A real engine on a real kernel follows a control plane that misbehaves.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Document, ServiceDocument } from '../../src/contract/documents.js';
import { approveDifference } from '../../src/link/difference-approval.js';
import { runNode } from '../../src/link/run-node.js';
import { createLogger } from '../../src/platform/logger.js';
import { ControlPlaneStandIn, JOIN_TOKEN } from '../support/control-plane-stand-in.js';
import { VIP4 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { untilSo } from '../support/until-so.js';

const MANY = 40;
const FIRST_PORT = 8_000;
const WAIT_MS = 8_000;
let net: DirectorNetwork;
let plane: ControlPlaneStandIn;
let version = 0;
let stop: AbortController;
let ended: Promise<void>;

const body = (number: number): ServiceDocument =>
  service(number, {
    port: FIRST_PORT + number,
    endPort: FIRST_PORT + number,
    servers: entries(number, 4, [1, 1]),
    slots: 4,
  });
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const bodies = (from: number, to: number) =>
  Object.fromEntries(numbers(from, to).map((number) => [`${number}`, body(number)]));
const gone = (from: number, to: number) =>
  Object.fromEntries(numbers(from, to).map((number) => [`${number}`, null]));

/** Ports of the services that the kernel forwards. */
async function forwarded(): Promise<number> {
  const text = await net.director.exec(['nft', 'list', 'map', 'netdev', 'homeward', 'services4']);
  return text.match(/ 80\d\d\b/g)?.length ?? 0;
}

const accepted = () => plane.lastReport?.conditions.find(({ type }) => type === 'DocumentsAccepted');
const hasReported = () => plane.lastReport?.position?.version === plane.version;
const told = () => untilSo(hasReported, 'the director to report', WAIT_MS);

/** The control plane says that there are these and no others, as after somebody did something to its database. */
async function loseAllBut(...documents: Document[]): Promise<void> {
  plane.documents.clear();
  for (const document of documents) plane.documents.set(document.key, document);
  plane.version += 1;
  plane.send(plane.message());
  await told();
}

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-bla`);
  await net.serve('tcp', VIP4, FIRST_PORT + 1);
});
beforeEach(async () => {
  plane = await ControlPlaneStandIn.start();
  plane.role = 'director';
  // The director goes on where it was.
  plane.version = version;
  plane.put(bodies(1, MANY));
  plane.approves = false;
  stop = new AbortController();
  const config = { apiUrl: plane.url, joinToken: JOIN_TOKEN, stateDir: net.stateDir };
  ended = runNode(net.newEngine(), config, stop.signal, createLogger('engine', 'silent'));
  await told();
});
afterEach(async () => {
  plane.approves = true;
  plane.put(gone(1, MANY + 1));
  await told();
  stop.abort();
  await ended;
  version = plane.version;
  await plane.close();
});
afterAll(() => net.close());

describe('a director that is told of services that shall be gone, by nobody', () => {
  it('forwards all of them on, after an old backup, a truncated database and an emptied one', async () => {
    const before = plane.version;
    for (const left of [29, 5, 0]) {
      await loseAllBut(...[...plane.documents.values()].slice(0, left));
      expect(await forwarded()).toBe(MANY);
      expect(accepted()).toMatchObject({ status: 'False', reason: 'ChangeRefused' });
      expect(accepted()?.message).toContain(`${MANY - left} services`);
      expect(plane.lastReport?.faults).toHaveLength(MANY - left);
      expect(plane.lastReport?.faults[0]).toMatchObject({ reason: 'ChangeRefused', versionInForce: before });
    }
    expect(['one', 'two']).toContain(await net.client.visit({ address: VIP4, port: FIRST_PORT + 1 }));
  });

  it('keeps eleven of forty in one delta, and puts all else of it in force', async () => {
    plane.put({ ...gone(1, 11), ...bodies(MANY + 1, MANY + 1) });
    await told();
    expect(await forwarded()).toBe(MANY + 1);
    expect(plane.lastReport?.faults).toHaveLength(11);
  });

  it('lets ten of forty go, and no other after them, also after a restart', async () => {
    plane.put(gone(1, 10));
    await told();
    expect(await forwarded()).toBe(MANY - 10);
    plane.put(gone(11, 11));
    await told();
    stop.abort();
    await ended;
    stop = new AbortController();
    const config = { apiUrl: plane.url, stateDir: net.stateDir };
    ended = runNode(net.newEngine(), config, stop.signal, createLogger('engine', 'silent'));
    const reports = plane.reports.length;
    await untilSo(() => plane.reports.length > reports, 'a report of the new process', WAIT_MS);
    expect(await forwarded()).toBe(MANY - 10);
    expect(accepted()).toMatchObject({ status: 'False', reason: 'ChangeRefused' });
  });

  it('keeps a single one that it finds served itself, and lets one go of which it knows nothing', async () => {
    const healthCheck = {
      type: 'tcp',
      port: FIRST_PORT + 1,
      intervalMs: 500,
      timeoutMs: 200,
      rise: 1,
      fall: 3,
    } as const;
    plane.put({ 1: { ...body(1), healthCheck } });
    const isHealthy = () => {
      const report = plane.lastReport;
      return report?.role === 'director' && report.health.some(({ healthy }) => healthy === true);
    };
    await untilSo(isHealthy, 'a server to be found healthy', WAIT_MS);
    plane.put(gone(1, 2));
    await told();
    expect(await forwarded()).toBe(MANY - 1);
    expect(plane.lastReport?.faults).toMatchObject([{ key: '1', reason: 'ChangeRefused' }]);
  });

  it('lets them go at once by the change of an operator, which is the control of all of this', async () => {
    plane.approves = true;
    plane.put(gone(1, MANY));
    await told();
    expect(await forwarded()).toBe(0);
    expect(accepted()).toMatchObject({ status: 'True' });
  });

  it('lets exactly those go that an operator approved on its host', async () => {
    plane.put(gone(1, 12));
    await told();
    const digest = /engine approve ([0-9a-f]{64})/.exec(accepted()?.message ?? '')?.[1] ?? '';
    plane.put(gone(13, 13));
    await told();
    await approveDifference(net.stateDir, digest, Date.now());
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await forwarded()).toBe(MANY);
    const whole = /engine approve ([0-9a-f]{64})/.exec(accepted()?.message ?? '')?.[1] ?? '';
    await approveDifference(net.stateDir, whole, Date.now());
    await untilSo(() => accepted()?.status === 'True', 'the director to take what was approved', WAIT_MS);
    expect(await forwarded()).toBe(MANY - 13);
  });
});
