/**
 * The settings of a Windows host under the names by which the agent remembers them: as they are, as they must be before
 * a VIP may stand there, and what stands against it. A setting of a network adapter has the adapter's identifier in its
 * name. Pure.
 */
import {
  ADAPTER_NAME,
  INTERFACE_SETTINGS,
  type InterfaceSetting,
} from '../../../setup/windows/windows-settings.js';
import type { HostSettings } from '../host-driver.js';
import type { Deviation } from '../../../link/drift/deviation.js';
import type { Silence } from '../../plan/host-view.js';
import type { Observation, ObservedAdapter } from './observation.js';
import { chosenAdapter, networkAdapters } from './windows-adapters.js';

/** Whether there is a loopback adapter: 1 or 0. */
export const ADAPTER = 'loopback-adapter';
export const NAME = 'loopback-name';
export const DNS = 'loopback-dns-registration';
const STATUS = 'Status';

/** A setting of one adapter, with what it is now: undefined where the adapter lacks that address family. */
export interface PlacedSetting {
  readonly name: string;
  readonly setting: InterfaceSetting;
  readonly adapter: ObservedAdapter;
  readonly found: number | undefined;
}

/** In the order in which they are made. */
export function placedSettings(observation: Observation): readonly PlacedSetting[] {
  return INTERFACE_SETTINGS.flatMap((setting) =>
    adaptersFor(setting, observation).map((adapter) => ({
      name: setting.place === 'loopback' ? setting.name : `${setting.name} ${adapter.guid}`,
      setting,
      adapter,
      found: observation.interfaces.find(
        ({ index, family }) => index === adapter.index && family === setting.family,
      )?.[setting.property],
    })),
  );
}

export function foundSettings(observation: Observation): HostSettings {
  const adapter = chosenAdapter(observation);
  if (adapter === undefined) return { [ADAPTER]: 0, ...interfaceSettings(observation) };
  const registration = observation.registrations.find(({ index }) => index === adapter.index);
  return {
    [ADAPTER]: 1,
    [NAME]: adapter.name,
    ...(registration === undefined ? {} : { [DNS]: registration.registers }),
    ...interfaceSettings(observation),
  };
}

/** What `found` must become. What it does not have is wanted of the adapter that is still to be made. */
export function silentSettings(found: HostSettings): HostSettings {
  const ofLoopback = INTERFACE_SETTINGS.filter(({ place }) => place === 'loopback');
  return {
    [ADAPTER]: 1,
    [NAME]: ADAPTER_NAME,
    [DNS]: 0,
    ...Object.fromEntries(ofLoopback.map(({ name, wanted }) => [name, wanted])),
    ...Object.fromEntries(
      Object.keys(found).flatMap((name) => {
        const setting = INTERFACE_SETTINGS.find((each) => name.startsWith(`${each.name} {`));
        return setting === undefined ? [] : [[name, setting.wanted]];
      }),
    ),
  };
}

export function judgeSilence(observation: Observation): Silence {
  const deviations = deviationsOf(observation);
  const problems = deviations.map(
    ({ thing, found, wanted }) => `${thing} is ${found}; it must be ${wanted}. ${setsIt(thing)}`,
  );
  // What is set lasts: these commands write to the persistent store as well.
  return { inForce: deviations.length === 0, deviations, problems, kept: true, forIpv6: true };
}

function deviationsOf(observation: Observation): Deviation[] {
  const adapter = chosenAdapter(observation);
  if (adapter === undefined) return [{ thing: 'KM-TEST loopback adapter', found: 'none', wanted: 'one' }];
  const status = `${STATUS} of ${adapter.name}`;
  const registers = foundSettings(observation)[DNS] === 1;
  const thing = `RegisterThisConnectionsAddress of ${adapter.name}`;
  return [
    ...(adapter.up ? [] : [{ thing: status, found: 'not Up', wanted: 'Up' }]),
    ...(registers ? [{ thing, found: '1', wanted: '0' }] : []),
    ...placedSettings(observation).flatMap(({ setting, adapter: { name }, found }) =>
      found === undefined || found === setting.wanted
        ? []
        : [{ thing: settingThing(setting, name), found: `${found}`, wanted: `${setting.wanted}` }],
    ),
  ];
}

/** An adapter that somebody disabled is somebody's to enable. */
function setsIt(thing: string): string {
  return thing.startsWith(STATUS) ? 'Enable it: Get-NetAdapter, Enable-NetAdapter.' : 'The agent sets it.';
}

function settingThing({ property, family }: InterfaceSetting, adapter: string): string {
  return `${property} of ${adapter} (${family})`;
}

function interfaceSettings(observation: Observation): HostSettings {
  const there = placedSettings(observation).flatMap(({ name, found }) =>
    found === undefined ? [] : [[name, found] as const],
  );
  return Object.fromEntries(there);
}

function adaptersFor({ place }: InterfaceSetting, observation: Observation): readonly ObservedAdapter[] {
  if (place === 'network') return networkAdapters(observation);
  const adapter = chosenAdapter(observation);
  return adapter === undefined ? [] : [adapter];
}
