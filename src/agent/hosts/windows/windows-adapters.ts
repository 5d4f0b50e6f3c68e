/** Which adapter holds the VIPs, and which ones packets arrive at. Pure. */
import { ADAPTER_NAME } from '../../../setup/windows/windows-settings.js';
import type { Observation, ObservedAdapter } from './observation.js';

/** The adapter that holds the VIPs: the one under our name, or else the first of its kind. */
export function chosenAdapter({ adapters }: Pick<Observation, 'adapters'>): ObservedAdapter | undefined {
  const candidates = adapters.filter(({ loopback }) => loopback).sort((a, b) => a.index - b.index);
  return candidates.find(({ name }) => name === ADAPTER_NAME) ?? candidates[0];
}

/** Adapters that are on a network, as far as anybody can tell. */
export function networkAdapters({ adapters }: Observation): readonly ObservedAdapter[] {
  return adapters.filter(({ loopback }) => !loopback);
}
