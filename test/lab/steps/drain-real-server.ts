/**
 * Step 5: a real server is drained in the midst of a download. The download must come whole, though it ends long after
 * the drain is in force, and every new connection must go elsewhere.
 */
import type { Capabilities, RealServer } from '../api-client.js';
import { digestOf, PIECE_BYTES } from '../download-content.js';
import type { Family } from '../frame.js';
import { untilInSync } from '../in-sync.js';
import { mebibytes, milliseconds, progress, seconds } from '../progress.js';
import { FAMILIES, serviceOf, urlAt, urlOf, type RunningLab, type Step } from '../running-lab.js';
import { REAL_SERVERS, type Machine } from '../topology.js';
import type { Transfer } from '../traffic.js';
import type { Got } from '../traffic-messages.js';

const PIECES = 256;
const NEW_CONNECTIONS = 40;

export const drainRealServer: Step = {
  title: 'Drain: one real server is taken out while a long download runs through it',
  async run(lab) {
    const { flowAffinity } = await lab.api.get<Capabilities>('/v1/capabilities');
    if (flowAffinity.length === 0) throw new Error('no director keeps flows on their server');
    for (const family of flowAffinity) await drainUnderDownload(lab, family);
    lab.findings.drainedDownloadWhole = true;
    const others = FAMILIES.filter((family) => !flowAffinity.includes(family));
    for (const family of others)
      progress.plain([`(not with ${family}: nft is too old here for its flow table)`]);
  },
};

async function drainUnderDownload(lab: RunningLab, family: Family): Promise<void> {
  const began = performance.now();
  const transfer = lab.client.transfer(urlOf(family, `/held?pieces=${PIECES}`));
  const machine = machineNamed(await transfer.begun);
  progress.seen(
    `a download of ${mebibytes(PIECES * PIECE_BYTES)} over ${family} runs through ${machine.name}`,
  );
  await drain(lab, family, machine);
  await connectAnew(lab, family, machine);
  await finish(lab, family, machine, transfer, began);
}

async function drain(lab: RunningLab, family: Family, machine: Machine): Promise<void> {
  const began = performance.now();
  const service = serviceOf(lab, family);
  const server = service.realServers.find(({ address }) => address === machine[family]);
  if (server === undefined) throw new Error(`${machine[family]} is not in ${service.name}`);
  const path = `/v1/virtual-services/${service.id}/real-servers/${server.id}`;
  const { revision } = await lab.api.patch<RealServer>(path, { enabled: false });
  await untilInSync(lab.api, service.id, { revision, online: false });
  lab.findings.drainMs = Math.round(performance.now() - began);
  progress.seen(`PATCH ${machine[family]} {"enabled": false} is in force`, milliseconds(began));
}

async function connectAnew(lab: RunningLab, family: Family, drained: Machine): Promise<void> {
  const served = await lab.client.spread(urlOf(family), NEW_CONNECTIONS);
  const toDrained = served.get(drained.name) ?? 0;
  const earlier = lab.findings.newConnectionsAfterDrain ?? { toDrained: 0, toOthers: 0 };
  lab.findings.newConnectionsAfterDrain = {
    toDrained: earlier.toDrained + toDrained,
    toOthers: earlier.toOthers + NEW_CONNECTIONS - toDrained,
  };
  if (toDrained > 0)
    throw new Error(`${toDrained} of ${NEW_CONNECTIONS} new connections went to the drained server`);
  progress.seen(`${NEW_CONNECTIONS} new connections, none of them to ${drained.name}`);
}

async function finish(
  lab: RunningLab,
  family: Family,
  machine: Machine,
  transfer: Transfer,
  began: number,
): Promise<void> {
  // By its own address: the VIP would lead to another real server now.
  await lab.client.get(urlAt(machine[family], '/release'));
  const got = await transfer.done;
  checkWhole(got, machine);
  progress.seen(`the download ended whole on ${machine.name}: length and SHA-256 are right`, seconds(began));
}

function checkWhole({ bytes, sha256, servedBy }: Got, machine: Machine): void {
  const whole = bytes === PIECES * PIECE_BYTES && sha256 === digestOf(PIECES) && servedBy === machine.name;
  if (!whole)
    throw new Error(`the download did not end whole: ${bytes} bytes, SHA-256 ${sha256}, by ${servedBy}`);
}

function machineNamed(name: string): Machine {
  const machine = REAL_SERVERS.find((each) => each.name === name);
  if (machine === undefined) throw new Error(`${name} is no real server of the lab`);
  return machine;
}
