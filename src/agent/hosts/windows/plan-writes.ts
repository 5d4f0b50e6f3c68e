/**
 * Decides which scripts bring settings about, and in what order: as planned when they are made, backwards when what was
 * before is put back; the loopback adapter is removed last of all. What is already so is not touched. Pure.
 */
import type { HostSettings } from '../host-driver.js';
import type { Observation, ObservedAdapter } from './observation.js';
import type { ScriptCall } from './powershell.js';
import { ADAPTER, DNS, foundSettings, NAME, placedSettings, silentSettings } from './silent-settings.js';
import { chosenAdapter } from './windows-adapters.js';

/** `observation`: of a host that has the adapter, where the settings are about one. */
export function planWrites(settings: HostSettings, observation: Observation): readonly ScriptCall[] {
  const adapter = chosenAdapter(observation);
  const calls = [...ofAdapter(settings, observation, adapter), ...ofInterfaces(settings, observation)];
  if (isMaking(settings)) return calls;
  const removal = settings[ADAPTER] === 0 && adapter !== undefined;
  return [
    ...calls.toReversed(),
    ...(removal ? [{ script: 'uninstall-adapter', request: { guid: adapter.guid } } as const] : []),
  ];
}

/** Every value is as silence wants it. */
function isMaking(settings: HostSettings): boolean {
  const wanted = silentSettings(settings);
  return Object.entries(settings).every(([name, value]) => wanted[name] === value);
}

function ofAdapter(
  settings: HostSettings,
  observation: Observation,
  adapter: ObservedAdapter | undefined,
): ScriptCall[] {
  if (adapter === undefined) return [];
  const { guid } = adapter;
  const found = foundSettings(observation);
  const { [NAME]: name, [DNS]: value } = settings;
  const calls: ScriptCall[] = [];
  if (typeof name === 'string' && name !== found[NAME]) {
    calls.push({ script: 'rename-adapter', request: { guid, name } });
  }
  if (typeof value === 'number' && found[DNS] !== undefined && value !== found[DNS]) {
    calls.push({ script: 'set-dns-registration', request: { guid, value } });
  }
  return calls;
}

function ofInterfaces(settings: HostSettings, observation: Observation): ScriptCall[] {
  const changes = placedSettings(observation).flatMap(({ name, setting, adapter, found }) => {
    const value = settings[name];
    if (typeof value !== 'number' || found === undefined || found === value) return [];
    return [{ guid: adapter.guid, family: setting.family, property: setting.property, value }];
  });
  if (changes.length === 0) return [];
  return [
    { script: 'set-interfaces', request: { changes: isMaking(settings) ? changes : changes.toReversed() } },
  ];
}
