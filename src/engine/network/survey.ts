/**
 * Finds out what the engine stands on: reads the host's interfaces and settles which of them does what.
 */
import type { CommandRunner } from '../../platform/command-runner.js';
import type { Ground } from '../ground.js';
import { chooseInterface } from './choose-interface.js';
import { readDefaultRoutes } from './default-routes.js';
import { readInterfaces } from './host-interface.js';
import { Segments } from './segments.js';

export interface SurveyWishes {
  readonly seed: number;
  /** Interface that the operator named. */
  readonly named: string | undefined;
  /** Addresses that the node joined under. */
  readonly joined: readonly string[];
}

export interface Survey {
  readonly ground: Ground;
  /** The interface that holds the VIPs. */
  readonly vipDevice: string;
}

/** Rejects when there is no interface to work on. */
export async function survey(
  commands: CommandRunner,
  { seed, named, joined }: SurveyWishes,
): Promise<Survey> {
  const interfaces = await readInterfaces(commands);
  const { devices: defaultDevices } = await readDefaultRoutes(commands);
  const vipDevice = chooseInterface(interfaces, { named, joined, defaultDevices });
  if (vipDevice === undefined) {
    throw new Error(
      named === undefined
        ? 'no interface has an address that this director joined under or leads to a default gateway; set HOMEWARD_INTERFACE'
        : `there is no interface ${named}; correct HOMEWARD_INTERFACE`,
    );
  }
  const segments = new Segments(interfaces);
  const devices = [...new Set([...segments.devices, vipDevice])].sort();
  return { ground: { seed, devices, segments }, vipDevice };
}
