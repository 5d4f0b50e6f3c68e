/**
 * Decides what must be remembered of the settings that an agent changes, and which of them it may put back. A setting
 * that was changed by somebody else meanwhile is theirs and stays. Pure.
 */
import type { HostSettings, SettingValue } from '../hosts/host-driver.js';

export interface ChangedSetting {
  /** What was there before the agent. */
  readonly before: SettingValue;
  /** What the agent puts there. */
  readonly written: SettingValue;
}

export type ChangedSettings = Readonly<Record<string, ChangedSetting>>;

/**
 * To be remembered before `wanted` is written over `found`. `known`: what was remembered so far. A setting that is
 * already as wanted is remembered as well: the agent relies on it from here on. The very same object as `known`, as long
 * as there is nothing to add.
 */
export function rememberedSettings(
  known: ChangedSettings,
  found: HostSettings,
  wanted: HostSettings,
): ChangedSettings {
  const news: Record<string, ChangedSetting> = {};
  for (const [name, written] of Object.entries(wanted)) {
    const value = found[name];
    if (value === undefined) continue;
    const earlier = known[name];
    if (earlier !== undefined && value === written) continue;
    // What is neither ours nor what we found is what somebody set meanwhile; that is what they will want back.
    const own = earlier !== undefined && (value === earlier.before || value === earlier.written);
    const before = own ? earlier.before : value;
    if (earlier?.before !== before || earlier.written !== written) news[name] = { before, written };
  }
  return Object.keys(news).length === 0 ? known : { ...known, ...news };
}

/** What to write to leave the host as it was. */
export function settingsToRestore(changed: ChangedSettings, found: HostSettings): HostSettings {
  const ours = Object.entries(changed).filter(([name, { written }]) => found[name] === written);
  return Object.fromEntries(ours.map(([name, { before }]) => [name, before]));
}
