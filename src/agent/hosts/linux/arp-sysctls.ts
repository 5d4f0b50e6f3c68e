/**
 * Reads and writes the kernel's ARP settings. Every name that is written is a constant; names of interfaces come from
 * the kernel itself and are only read.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { judgeSilence, silentValues, type ArpValues } from '../../plan/arp-silence.js';
import type { Silence } from '../../plan/host-view.js';
import type { HostSettings, SettingValue } from '../../host-driver.js';

const CONF = '/proc/sys/net/ipv4/conf';
/** The two entries that are no interfaces, and loopback, which takes no part in ARP. */
const NO_INTERFACES: ReadonlySet<string> = new Set(['all', 'default', 'lo']);
const SETTINGS = {
  'all/arp_ignore': `${CONF}/all/arp_ignore`,
  'default/arp_ignore': `${CONF}/default/arp_ignore`,
  'all/arp_announce': `${CONF}/all/arp_announce`,
  'default/arp_announce': `${CONF}/default/arp_announce`,
} as const;
type Setting = keyof typeof SETTINGS;

export async function readArpSilence(): Promise<Omit<Silence, 'kept'>> {
  const names = (await readdir(CONF)).filter((name) => !NO_INTERFACES.has(name));
  const [all, forNew] = await Promise.all([readValues('all'), readValues('default')]);
  const found = await Promise.all(names.map(async (name) => [name, await readIfThere(name)] as const));
  const interfaces = new Map(
    found.flatMap(([name, values]) => (values === undefined ? [] : [[name, values]])),
  );
  return judgeSilence(all, forNew, interfaces);
}

export async function readArpSettings(): Promise<HostSettings> {
  const entries = Object.entries(SETTINGS).map(
    async ([name, path]) => [name, await readNumber(path)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** What the settings must be for silence. `found`: what `readArpSettings` gave. */
export function silentArpSettings(found: HostSettings): HostSettings {
  const scopes = ['all', 'default'].map((scope) => {
    const values = silentValues({
      arpIgnore: Number(found[`${scope}/arp_ignore`] ?? 0),
      arpAnnounce: Number(found[`${scope}/arp_announce`] ?? 0),
    });
    return { [`${scope}/arp_ignore`]: values.arpIgnore, [`${scope}/arp_announce`]: values.arpAnnounce };
  });
  return Object.assign({}, ...scopes) as HostSettings;
}

/** Ignores names that are not among the constant ones. */
export async function writeArpSettings(settings: HostSettings): Promise<void> {
  for (const name of Object.keys(SETTINGS) as Setting[]) {
    const value = settings[name];
    if (value !== undefined) await write(name, value);
  }
}

/** Writes only what differs: a write is an event to whoever watches the file. */
async function write(setting: Setting, value: SettingValue): Promise<void> {
  const path = SETTINGS[setting];
  if ((await readNumber(path)) !== value) await writeFile(path, `${value}\n`);
}

async function readValues(name: string): Promise<ArpValues> {
  const [arpIgnore, arpAnnounce] = await Promise.all([
    readNumber(`${CONF}/${name}/arp_ignore`),
    readNumber(`${CONF}/${name}/arp_announce`),
  ]);
  return { arpIgnore, arpAnnounce };
}

/** Undefined for an interface that went away between the listing and the reading. */
async function readIfThere(name: string): Promise<ArpValues | undefined> {
  try {
    return await readValues(name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readNumber(path: string): Promise<number> {
  const text = await readFile(path, 'utf8');
  const value = Number.parseInt(text, 10);
  if (!Number.isInteger(value)) throw new Error(`${path} holds no number`);
  return value;
}
