/** What a Windows host is asked for, once as the agent does it and once as a person reads it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { SCRIPT_NAMES, scriptText } from '../../../src/agent/hosts/windows/scripts.js';
import { WindowsHost } from '../../../src/agent/hosts/windows/windows-host.js';
import { rememberedSettings, settingsToRestore } from '../../../src/agent/plan/changed-settings.js';
import type { VipDocument } from '../../../src/contract/documents.js';
import { SETUP_PARTS } from '../../../src/setup/setup-part.js';
import { readablePowerShell, readableStep } from '../../../src/setup/windows/readable-powershell.js';
import { windowsSteps } from '../../../src/setup/windows/windows-steps.js';
import { InProcessWindows } from '../../support/windows/in-process-windows.js';
import { freshFilters } from '../../support/windows/windows-state.js';
import { powerShellReader, type PowerShellReader } from '../../support/windows/parse-powershell.js';

const VIP: VipDocument = {
  kind: 'vip',
  address: '192.0.2.200',
  services: [
    { protocol: 'tcp', port: 443, endPort: 443 },
    { protocol: 'udp', port: 8000, endPort: 8010 },
  ],
};
const VIP6: VipDocument = { ...VIP, address: '2001:db8::200', services: VIP.services.slice(0, 1) };

let problemsIn: PowerShellReader;

beforeAll(async () => {
  problemsIn = await powerShellReader();
});

describe('a Windows real server', () => {
  it.each(SCRIPT_NAMES)('is changed and read by a constant script: %s', async (name) => {
    expect(problemsIn(scriptText(name))).toEqual([]);
    await expect(scriptText(name)).toMatchFileSnapshot(`agent/${name}.ps1`);
  });

  it.each(SETUP_PARTS)('without an agent gets a script to read: %s', async (part) => {
    const script = readablePowerShell(VIP, part);
    expect(problemsIn(script)).toEqual([]);
    await expect(script).toMatchFileSnapshot(`${part}.ps1`);
    expect(problemsIn(readablePowerShell(VIP6, part))).toEqual([]);
  });

  it('is not changed by looking', () => {
    const changing = /\b(?:Set-(?:Net|Dns|Content)|New-|Remove-|Rename-|Add-Type|Move-)/;
    expect(readablePowerShell(VIP, 'verify')).not.toMatch(changing);
    expect(scriptText('observe')).not.toMatch(changing);
    expect(readablePowerShell(VIP, 'apply')).toMatch(changing);
  });

  it('is brought by the agent from nothing to the VIP, and back', async () => {
    const windows = new InProcessWindows();
    const host = new WindowsHost(windows);
    const addresses = [VIP.address];
    host.serve(new Map([[VIP.address, VIP.services]]));
    const found = await host.readSettings();
    const wanted = host.silentSettings(found);
    const remembered = rememberedSettings({}, found, wanted);
    await host.writeSettings(wanted);
    await host.guard(addresses);
    await host.bind(addresses);
    await host.observe();
    await host.unbind(addresses);
    await host.unguard(addresses);
    await host.writeSettings(settingsToRestore(remembered, await host.readSettings()));
    const calls = windows.calls.filter(({ script }) => script !== 'observe');
    const text = calls
      .map(({ script, request }) => `${script} ${JSON.stringify(request, null, 2)}\n`)
      .join('');
    await expect(text).toMatchFileSnapshot('agent/calls.txt');
  });

  it('is described by the script in the very members that the agent reads', () => {
    const { state } = new InProcessWindows();
    const rule = { name: '', admits: true, protocol: '', ports: '', address: '' };
    const rows = [state.adapters[0], state.interfaces[0], state.addresses[0], state.registrations[0], rule];
    const read = [...Object.keys(state), ...rows.flatMap((row) => Object.keys(row ?? {}))];
    const script = scriptText('observe');
    const told = script
      .slice(script.indexOf('function ConvertTo-Door'))
      .matchAll(/(?:^ +|@\{ |; )([A-Za-z]+) = /gm);
    expect([...told].map(([, member]) => String(member)).sort()).toEqual(read.sort());
  });

  it('is described to its proofs in the very members that they read', () => {
    const { profiles, ...filters } = freshFilters();
    const block = { name: '', protocol: '', ports: '', address: '', narrowed: '' };
    const forwarding = { family: '', forwards: '' };
    const top = { profiles, ...filters, doors: '', more: '' };
    const read = [top, profiles[0], block, forwarding].flatMap((row) => Object.keys(row ?? {}));
    const script = scriptText('observe-filters');
    const told = script.slice(script.indexOf('$profiles =')).matchAll(/(?:^ +|@\{ |; )([A-Za-z]+) = /gm);
    expect([...told].map(([, member]) => String(member)).sort()).toEqual(read.sort());
  });

  it('has a step for everything that must be so', async () => {
    for (const step of [...windowsSteps(VIP), ...windowsSteps(VIP6).slice(-1)]) {
      const text = SETUP_PARTS.map((part) => `${part}:\n${readableStep(step, part)}\n`).join('\n');
      const family = step.kind === 'address' ? `-${step.prefixLength}` : '';
      await expect(text).toMatchFileSnapshot(`steps/${step.name}${family}.txt`);
    }
  });
});

describe('the reader of PowerShell', () => {
  it.each([
    'if ($x -eq 1 { 2 }',
    "$a = 'abc",
    'function { }',
    '$x = $a ? 1 : 2',
    '$x ?? 1',
    'Get-NetAdapter && Get-NetRoute',
    'class A { }',
    'function A($X) { $x + $y }\nA 1',
    'function A($X, $Y) { $X + $Y }\nA 1',
    'Get-PnpDevice -Class Net',
    'Get-Content -LiteralPath x -AsByteStream',
    'Get-NetFirewallRule -Name x -Group y',
    "New-NetIPAddress -IPAddress '192.0.2.1' -PrefixLength 32",
    "New-NetIPAddress -IPAddress '192.0.2.1' -InterfaceIndex 4 -InterfaceAlias x",
    'Set-DnsClient -RegisterThisConnectionsAddress $false',
    'Set-NetIPInterface -InterfaceIndex 4 -WeakHostSend On',
    'Get-NetIPAddress -IPAddress',
    'Start-Sleep 1 2',
    'Rename-NetAdapter -NewName x',
  ])('finds what would not run: %s', (text) => {
    expect(problemsIn(text)).not.toEqual([]);
  });

  it.each([
    'Get-NetAdapter -InterfaceIndex 4 | Rename-NetAdapter -NewName x',
    "Get-NetIPAddress '192.0.2.1' -ErrorAction SilentlyContinue",
    'Get-NetIPAddress | Remove-NetIPAddress -Confirm:$false',
  ])('takes what would run: %s', (text) => {
    expect(problemsIn(text)).toEqual([]);
  });
});
