/**
 * Takes the samples: one change at a time by REST, timed from the moment it is sent to the commit of its elements in
 * the director's kernel; after each, the same change to the bare table. Alternating lets both meet the same noise.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { SERVERS_PER_SERVICE, vipOf } from './addresses.js';
import type { BareTable } from './bare-table.js';
import { addedServers, isEvent, serviceEvent, slotsEvent } from './change-events.js';
import type { ElementWatch } from './element-watch.js';
import type { FloorTime } from './floor-messages.js';
import { createService, type Rig } from './populate.js';

/** Lets the reports that follow a change pass before the next one, as between two changes by hand. */
const PAUSE_MS = 40;
/** Of a server that is not changed, and of one that is: both give a service of ten servers 64 slots. */
const WEIGHTS = [1000, 500] as const;
const LARGE_PRIME = 7919;
/** A deletion goes on for a while after its commit: directors confirm, then hosts let go of the VIP. */
const PAUSE_AFTER_DELETE_MS = 150;
/** Far above any number that the database gives in a run. */
const MADE_UP_NUMBER = 1_000_000_000;

export interface Sample {
  /** From sending the request to the commit. */
  readonly kernelMs: number;
  /** From sending the request to the API's answer. */
  readonly answerMs: number;
  readonly floor: FloorTime;
}

export interface PostSample extends Sample {
  /** Until the last of its servers is in the kernel; each comes when its host has reported. */
  readonly wholeMs: number;
  /** From sending the DELETE to the commit that takes the service away. */
  readonly deleteMs: number;
}

export interface Sampling {
  readonly rig: Rig;
  readonly watch: ElementWatch;
  readonly bare: BareTable;
  readonly documents: ReadonlyMap<string, ServiceDocument>;
}

/** A real server gets another weight, and its old one back: an even number of changes, so that all is as before. */
export async function samplePatches(sampling: Sampling, count: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let index = 0; index < count + (count % 2); index++) {
    samples.push(await patchOne(sampling, index));
    await sleep(PAUSE_MS);
  }
  return samples;
}

/** A service of ten servers is made, and deleted again. */
export async function samplePosts(sampling: Sampling, count: number): Promise<PostSample[]> {
  const samples: PostSample[] = [];
  for (let index = 0; index < count; index++) samples.push(await postOne(sampling, index));
  return samples;
}

async function patchOne({ rig, watch, bare, documents }: Sampling, index: number): Promise<Sample> {
  const service = rig.services[spread(index, rig.services.length)];
  const document = documents.get(service?.id ?? '');
  const server = service?.realServers[0];
  if (service === undefined || server === undefined || document === undefined) throw new Error('no service');
  const [weight, before] = index % 2 === 0 ? [WEIGHTS[1], WEIGHTS[0]] : WEIGHTS;
  const seen = watch.seen(`PATCH ${index}`, isEvent(slotsEvent(document.number)));
  const began = performance.now();
  await rig.api.call('PATCH', `/v1/virtual-services/${service.id}/real-servers/${server.id}`, { weight });
  const answerMs = performance.now() - began;
  const kernelMs = (await seen) - began;
  await sleep(PAUSE_MS);
  const floor = await bare.change(withWeight(document, before), withWeight(document, weight));
  return { kernelMs, answerMs, floor };
}

/** Over all services, so that nothing is warm by chance; an odd index takes back what the even one before it did. */
function spread(index: number, present: number): number {
  return (Math.floor(index / 2) * LARGE_PRIME) % present;
}

/** With the first server at this weight. */
function withWeight(document: ServiceDocument, weight: number): ServiceDocument {
  return {
    ...document,
    servers: document.servers.map((server, index) => ({
      ...server,
      weight: index === 0 ? weight : WEIGHTS[0],
    })),
  };
}

async function postOne({ rig, watch, bare, documents }: Sampling, index: number): Promise<PostSample> {
  const next = rig.services.length + index;
  const vip = vipOf(next);
  const seen = watch.seen(`POST ${index}`, isEvent(serviceEvent('add', vip)));
  const whole = watch.seen(`all servers of POST ${index}`, addedServers(SERVERS_PER_SERVICE));
  const began = performance.now();
  const service = await createService(rig.api, next);
  const answerMs = performance.now() - began;
  const kernelMs = (await seen) - began;
  const wholeMs = (await whole) - began;
  await sleep(PAUSE_MS);
  const floor = await bare.add(madeUp(documents, vip));
  const gone = watch.seen(`DELETE ${index}`, isEvent(serviceEvent('delete', vip)));
  const asked = performance.now();
  await rig.api.call('DELETE', `/v1/virtual-services/${service.id}`);
  const deleteMs = (await gone) - asked;
  await sleep(PAUSE_AFTER_DELETE_MS);
  return { kernelMs, answerMs, wholeMs, deleteMs, floor };
}

/** A service like those that are there, with numbers and an address of its own. */
function madeUp(documents: ReadonlyMap<string, ServiceDocument>, address: string): ServiceDocument {
  const [like] = documents.values();
  if (like === undefined) throw new Error('the engine holds no document');
  const servers = like.servers.map((server, index) => ({ ...server, number: MADE_UP_NUMBER + index }));
  return { ...like, address, number: MADE_UP_NUMBER, servers };
}
