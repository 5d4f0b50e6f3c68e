/**
 * Reads and writes the kernel's ARP settings, by their names below net.ipv4.conf: `all/arp_ignore`. Every key is a
 * constant, and every entry one that the kernel lists; no text from elsewhere becomes part of a path.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { judgeSilence, silentValues, type ArpValues } from '../../plan/arp-silence.js';
import type { Silence } from '../../plan/host-view.js';
import type { HostSettings, SettingValue } from '../host-driver.js';

const CONF = '/proc/sys/net/ipv4/conf';
/** What the agent sets; interfaces that come later begin as `default` is. */
const COMMON = ['all', 'default'] as const;
/** The two entries that are no interfaces, and loopback, which takes no part in ARP. */
const NO_INTERFACES: ReadonlySet<string> = new Set([...COMMON, 'lo']);

export async function readArpSilence(): Promise<Omit<Silence, 'kept'>> {
  const { all, forNew, interfaces } = await readEverywhere();
  return judgeSilence(all, forNew, interfaces);
}

/** By interface, and those of `all` and `default`. */
export async function readArpValues(): Promise<ReadonlyMap<string, ArpValues>> {
  const { all, forNew, interfaces } = await readEverywhere();
  return new Map([['all', all], ['default', forNew], ...interfaces]);
}

async function readEverywhere() {
  const names = await listInterfaces();
  const [all, forNew] = await Promise.all([readValues('all'), readValues('default')]);
  const found = await Promise.all(names.map(async (name) => [name, await readIfThere(name)] as const));
  const interfaces = new Map(
    found.flatMap(([name, values]) => (values === undefined ? [] : [[name, values]])),
  );
  return { all, forNew, interfaces };
}

/** Of `all` and `default`. */
export async function readCommonSettings(): Promise<HostSettings> {
  return settingsOf(await Promise.all(COMMON.map(async (name) => [name, await readValues(name)] as const)));
}

/** Of every interface as well. */
export async function readArpSettings(): Promise<HostSettings> {
  const names = await listInterfaces();
  const own = await Promise.all(names.map(async (name) => [name, await readIfThere(name)] as const));
  return { ...(await readCommonSettings()), ...settingsOf(own) };
}

/** What `all` and `default` must be for silence. `found`: what was read of them. */
export function silentArpSettings(found: HostSettings): HostSettings {
  const scopes = COMMON.map((scope) => {
    const arpIgnore = Number(found[`${scope}/arp_ignore`] ?? 0);
    const arpAnnounce = Number(found[`${scope}/arp_announce`] ?? 0);
    return [scope, silentValues({ arpIgnore, arpAnnounce })] as const;
  });
  return settingsOf(scopes);
}

/** Ignores what the kernel does not list. Writes only what differs: a write is an event to whoever watches the file. */
export async function writeArpSettings(settings: HostSettings): Promise<void> {
  const found = await readArpSettings();
  const different = Object.entries(settings).filter(
    ([name, value]) => found[name] !== undefined && found[name] !== value,
  );
  for (const [name, value] of different) await write(name, value);
}

/** An interface may have gone away meanwhile, and its settings with it. */
async function write(name: string, value: SettingValue): Promise<void> {
  try {
    await writeFile(`${CONF}/${name}`, `${value}\n`);
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
}

async function listInterfaces(): Promise<string[]> {
  return (await readdir(CONF)).filter((name) => !NO_INTERFACES.has(name));
}

function settingsOf(entries: readonly (readonly [string, ArpValues | undefined])[]): HostSettings {
  const pairs = entries.flatMap(([name, values]) =>
    values === undefined
      ? []
      : [
          [`${name}/arp_ignore`, values.arpIgnore] as const,
          [`${name}/arp_announce`, values.arpAnnounce] as const,
        ],
  );
  return Object.fromEntries(pairs);
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
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

function isNotThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function readNumber(path: string): Promise<number> {
  const text = await readFile(path, 'utf8');
  const value = Number.parseInt(text, 10);
  if (!Number.isInteger(value)) throw new Error(`${path} holds no number`);
  return value;
}
