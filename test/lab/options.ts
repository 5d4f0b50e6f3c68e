/** What `npm run lab -- …` takes. */
import { parseArgs } from 'node:util';

/**
 * Ways to break the promise that the lab proves, so that its own test can see it fail: `answer-arp` lets one real
 * server claim the VIP, `return-through-director` sends the replies of all of them back through the director,
 * `drop-at-once` drains without a grace, `leave-vip` leaves nobody to take a VIP away, `boot-by-hand` binds the VIPs
 * after a power cut without making the host silent first, `unchecked` has nobody check whether real servers answer.
 */
export const CONTROLS = [
  'answer-arp',
  'return-through-director',
  'drop-at-once',
  'leave-vip',
  'boot-by-hand',
  'unchecked',
] as const;
export type Control = (typeof CONTROLS)[number];

export interface LabOptions {
  /** Take all down after the steps and print the findings as JSON. */
  readonly once: boolean;
  /** One step more: agents are killed, a machine is rebooted, a NIC is plugged in, and all of it is watched. */
  readonly endure: boolean;
  readonly control: Control | null;
}

export class OptionsUnusable extends Error {}

export function readOptions(args: readonly string[]): LabOptions {
  const { once, endure, control } = parsed(args);
  const known = CONTROLS.find((each) => each === control);
  if (control !== undefined && known === undefined) {
    throw new OptionsUnusable(`--control is one of ${CONTROLS.join(', ')}`);
  }
  return { once, endure, control: known ?? null };
}

function parsed(args: readonly string[]): {
  once: boolean;
  endure: boolean;
  control?: string | undefined;
} {
  try {
    const options = {
      once: { type: 'boolean', default: false },
      endure: { type: 'boolean', default: false },
      control: { type: 'string' },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    return { once: values.once, endure: values.endure, control: values.control };
  } catch (error) {
    throw new OptionsUnusable(error instanceof Error ? error.message : String(error));
  }
}
