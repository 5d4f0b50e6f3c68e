import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../../../../test/support/any-text.js';
import { InProcessWindows } from '../../../../test/support/windows/in-process-windows.js';
import { plugIn } from '../../../../test/support/windows/windows-state.js';
import { rememberedSettings, settingsToRestore } from '../../plan/changed-settings.js';
import { PowerShell, type ScriptCall } from './powershell.js';
import { SCRIPT_NAMES, scriptText } from './scripts.js';
import { WindowsHost } from './windows-host.js';

const VIPS = ['192.0.2.200', '2001:db8::200'];

async function makeSilent(host: WindowsHost) {
  const found = await host.readSettings();
  const wanted = host.silentSettings(found);
  await host.writeSettings(wanted);
  return rememberedSettings({}, found, wanted);
}

describe('a Windows real server', () => {
  it('is silent once every setting was made and read back', async () => {
    const windows = new InProcessWindows();
    const host = new WindowsHost(windows);
    expect((await host.readSilence()).deviations).toEqual([
      { thing: 'KM-TEST loopback adapter', found: 'none', wanted: 'one' },
    ]);
    await makeSilent(host);
    expect(await host.readSilence()).toMatchObject({ inForce: true, deviations: [], problems: [] });
    await host.bind(VIPS);
    const { interfaces } = await host.observe();
    const loopback = interfaces.find((each) => each.loopback);
    expect(loopback?.name).toBe('homeward');
    expect(loopback?.addresses).toEqual(
      expect.arrayContaining([
        { address: '192.0.2.200', prefixLength: 32 },
        { address: '2001:db8::200', prefixLength: 128 },
      ]),
    );
    expect(windows.simulation.offences).toEqual([]);
  });

  it('is after undo as it was before', async () => {
    const windows = new InProcessWindows();
    const host = new WindowsHost(windows);
    const before = JSON.stringify(windows.state);
    const remembered = await makeSilent(host);
    await host.bind(VIPS);
    await host.unbind(VIPS);
    await host.writeSettings(settingsToRestore(remembered, await host.readSettings()));
    expect(JSON.stringify(windows.state)).toBe(before);
    expect(windows.simulation.offences).toEqual([]);
  });

  it('uses a loopback adapter that is there, and gives it back with its name and its settings', async () => {
    const windows = new InProcessWindows();
    plugIn(windows.state, { index: 7, name: 'Loopback für Tests', loopback: true });
    const before = JSON.stringify(windows.state);
    const host = new WindowsHost(windows);
    const remembered = await makeSilent(host);
    expect(remembered['loopback-name']).toEqual({ before: 'Loopback für Tests', written: 'homeward' });
    expect((await host.readSilence()).inForce).toBe(true);
    await host.writeSettings(settingsToRestore(remembered, await host.readSettings()));
    expect(JSON.stringify(windows.state)).toBe(before);
    expect(windows.calls.map(({ script }) => script)).not.toContain('install-adapter');
  });

  it('finds each setting that somebody changed, and an adapter that was added', async () => {
    const windows = new InProcessWindows();
    const host = new WindowsHost(windows);
    await makeSilent(host);
    const { interfaces, registrations } = windows.state;
    for (const each of interfaces) if (each.index === 9 && each.family === 'IPv6') each.WeakHostSend = 0;
    for (const each of registrations) if (each.index === 9) each.registers = 1;
    plugIn(windows.state, { index: 5, name: 'Ethernet 3', loopback: false });
    expect((await host.readSilence()).deviations).toEqual([
      { thing: 'RegisterThisConnectionsAddress of homeward', found: '1', wanted: '0' },
      { thing: 'WeakHostReceive of Ethernet 3 (IPv4)', found: '0', wanted: '1' },
      { thing: 'WeakHostReceive of Ethernet 3 (IPv6)', found: '0', wanted: '1' },
      { thing: 'WeakHostSend of homeward (IPv6)', found: '0', wanted: '1' },
    ]);
    await makeSilent(host);
    expect((await host.readSilence()).inForce).toBe(true);
  });

  it('is not silent where somebody disabled the loopback adapter, and says what to do', async () => {
    const windows = new InProcessWindows();
    const host = new WindowsHost(windows);
    await makeSilent(host);
    for (const adapter of windows.state.adapters) if (adapter.loopback) adapter.up = false;
    const { inForce, problems } = await host.readSilence();
    expect(inForce).toBe(false);
    expect(problems).toEqual([
      'Status of homeward is not Up; it must be Up. Enable it: Get-NetAdapter, Enable-NetAdapter.',
    ]);
  });

  it('takes hundreds of VIPs, each run of PowerShell within its time', async () => {
    const windows = new InProcessWindows();
    const host = new WindowsHost(windows);
    await makeSilent(host);
    const many = Array.from({ length: 300 }, (_, each) => `198.51.${100 + (each >> 8)}.${each & 255}`);
    host.serve(new Map(many.map((vip) => [vip, [{ protocol: 'tcp', port: 80, endPort: 80 }]])));
    await host.guard(many);
    expect((await host.observe()).guard.addresses.size).toBe(300);
    await host.bind(many);
    const place = (await host.observe()).interfaces.find(({ loopback }) => loopback);
    expect(place?.addresses.filter(({ prefixLength }) => prefixLength === 32)).toHaveLength(300);
    await host.unbind(many);
    expect(windows.state.addresses.filter(({ prefixLength }) => prefixLength === 32)).toEqual([]);
  }, 30_000);

  it('says in the words of Windows what was refused, and does the rest', async () => {
    const windows = new InProcessWindows();
    const host = new WindowsHost(windows);
    await makeSilent(host);
    await expect(host.bind(['192.0.2.11', '192.0.2.200'])).rejects.toThrow(
      'PowerShell, add-addresses: 192.0.2.11: 192.0.2.11 is an address of Ethernet.',
    );
    const places = (await host.observe()).interfaces.map(({ name, addresses }) => [name, addresses.length]);
    expect(places).toEqual([
      ['Ethernet', 1],
      ['homeward', 2],
      ['Loopback Pseudo-Interface 1', 1],
    ]);
  });

  it('is the same object as long as nothing moved, and looks at what it is asked for', async () => {
    const windows = new InProcessWindows();
    const host = new WindowsHost(windows);
    const first = await host.observe();
    expect(await host.observe()).toBe(first);
    expect(first.gateways).toEqual(['192.0.2.1']);
    const { interfaces } = await host.look(['192.0.2.11']);
    expect(interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address))).toEqual([
      '192.0.2.11',
    ]);
  });
});

describe('what PowerShell is given', () => {
  it('is one of the constant scripts and a line of ASCII, whatever the values are', async () => {
    const constants = new Set(SCRIPT_NAMES.map(scriptText));
    const value = fc.oneof(anyText(), fc.integer(), fc.constant("'; Stop-Computer #"));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SCRIPT_NAMES),
        fc.dictionary(fc.string(), value),
        async (script, request) => {
          const commands: { argv: readonly string[]; input: string }[] = [];
          const run = (argv: readonly string[], options: { input?: unknown } = {}) => {
            commands.push({ argv, input: String(options.input) });
            return Promise.resolve('');
          };
          await new PowerShell({ run }).run({ script, request } as unknown as ScriptCall);
          const [{ argv, input } = { argv: [], input: '' }] = commands;
          expect(argv.slice(0, -1)).toEqual([
            'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
            ...'-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command'.split(' '),
          ]);
          expect(constants.has(argv.at(-1) ?? '')).toBe(true);
          expect(input).toMatch(/^[\x20-\x7e]*\n$/);
          expect(JSON.parse(input)).toEqual(request);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('fits into the command line of Windows', () => {
    // CreateProcess takes 32,767 characters; every quote and backslash may become two.
    for (const name of SCRIPT_NAMES) expect(scriptText(name).length, name).toBeLessThan(15_000);
  });
});
