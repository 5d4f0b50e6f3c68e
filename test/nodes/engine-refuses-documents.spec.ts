/**
 * Documents that a director must not believe, each of which says that there is no service: of an older version, of an epoch
 * that was left, of another installation. A real engine process forwards on meanwhile, without the loss of a packet. The
 * control are the same documents in their right place.
 */
import type { ChildProcess } from 'node:child_process';
import type { Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_SET_DIGEST } from '../../src/contract/digest.js';
import type { Document } from '../../src/contract/documents.js';
import type { DocumentsMessage } from '../../src/contract/stream.js';
import { ControlPlaneStandIn } from '../support/control-plane-stand-in.js';
import { VIP4 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { openDoor, startEngine } from '../support/engine-process.js';
import { stopProcess } from '../support/namespaces.js';
import { entries, service } from '../support/service-documents.js';
import { untilSo } from '../support/until-so.js';

const WAIT_MS = 20_000;
/** Under load after the refusal, for what might still come of it. */
const MORE_EXCHANGES = 100;
const VERSION = 50;
const EPOCH = 2;
const OTHER_CLUSTER = '00000000-0000-4000-8000-000000000000';
let net: DirectorNetwork;
let plane: ControlPlaneStandIn;
let door: Server;
let engine: ChildProcess;

const accepted = () => plane.lastReport?.conditions.find(({ type }) => type === 'DocumentsAccepted');
const told = () => plane.lastReport?.position?.version === plane.version;

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-rfd`);
  await net.serve('tcp', VIP4, 80);
  plane = await ControlPlaneStandIn.start();
  Object.assign(plane, { role: 'director', epoch: EPOCH, version: VERSION });
  plane.put({ 1: service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 }) });
  door = await openDoor(net, plane.port);
  engine = startEngine(net);
  await untilSo(told, 'the director to report', WAIT_MS);
});

afterAll(async () => {
  await stopProcess(engine);
  await plane.close();
  door.close();
  await net.close();
});

/** Talks on one connection and opens new ones, without end until it is stopped. */
class Load {
  exchanges = 0;
  readonly losses: string[] = [];
  #stopping = false;
  readonly #done = this.#run();

  async stop(): Promise<readonly string[]> {
    this.#stopping = true;
    await this.#done;
    return this.losses;
  }

  async #run(): Promise<void> {
    const target = { address: VIP4, port: 80 };
    const open = await net.client.connect(target);
    while (!this.#stopping) {
      const both = [open.say('still there'), net.client.visit(target)];
      for (const said of await Promise.allSettled(both)) {
        if (said.status === 'rejected') this.losses.push(String(said.reason));
      }
      this.exchanges += 1;
    }
    await open.close();
  }
}

/** The service shall be gone by the change of an operator, says a message of this place. */
function emptied(place: Partial<DocumentsMessage>): DocumentsMessage {
  const { version } = { version: plane.version, ...place };
  const gone: Document = { key: '1', version, revision: version, body: null, approval: version };
  return plane.message({ kind: 'delta', documents: [gone], digest: EMPTY_SET_DIGEST, ...place });
}

describe('a director under load loses no packet to documents', () => {
  it.each([
    ['of an older version', 'OlderVersion', { version: VERSION }],
    ['of an epoch that was left', 'LowerEpoch', { epoch: EPOCH - 1, version: VERSION + 5 }],
    ['of another installation', 'ForeignCluster', { cluster: OTHER_CLUSTER, version: VERSION + 5 }],
  ])('%s, which it refuses', async (_, reason, place) => {
    const load = new Load();
    // It opens another stream then, on which nothing makes good what was refused.
    plane.silent = true;
    plane.send(emptied(place));
    await untilSo(() => accepted()?.reason === reason, 'the director to refuse', WAIT_MS);
    const before = load.exchanges;
    await untilSo(() => load.exchanges >= before + MORE_EXCHANGES, 'more traffic', WAIT_MS);
    expect(await load.stop()).toEqual([]);
    expect(plane.lastReport?.position).toMatchObject({ epoch: EPOCH, version: VERSION + 1 });
    plane.silent = false;
    plane.dropStreams();
    await untilSo(() => accepted()?.status === 'True', 'the director to take what is right', WAIT_MS);
  });
});

describe('the same documents in their right place', () => {
  it('take the service away, and the load sees it', async () => {
    const load = new Load();
    await untilSo(() => load.exchanges >= MORE_EXCHANGES, 'traffic', WAIT_MS);
    expect(load.losses).toEqual([]);
    plane.version += 1;
    plane.send(emptied({}));
    await untilSo(told, 'the director to take them', WAIT_MS);
    await untilSo(() => load.losses.length > 0, 'a loss', WAIT_MS);
    await load.stop();
  });
});
