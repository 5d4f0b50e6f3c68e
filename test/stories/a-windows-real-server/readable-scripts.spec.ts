/** The scripts for people, run one after the other on a simulated host, as a person would. */
import { describe, expect, it } from 'vitest';
import type { VipDocument } from '../../../src/contract/documents.js';
import type { SetupPart } from '../../../src/setup/setup-part.js';
import { readablePowerShell } from '../../../src/setup/windows/readable-powershell.js';
import { parsedScript } from '../../support/windows/parsed-script.js';
import { SimulatedWindows } from '../../support/windows/simulated-windows.js';
import type { Simulation } from '../../support/windows/simulated-run.js';
import { freshFilters, freshWindows, plugIn } from '../../support/windows/windows-state.js';

const VIP: VipDocument = {
  kind: 'vip',
  address: '192.0.2.200',
  services: [
    { protocol: 'tcp', port: 443, endPort: 443 },
    { protocol: 'udp', port: 8000, endPort: 8010 },
  ],
};
const VIP6: VipDocument = { ...VIP, address: '2001:db8::200', services: VIP.services.slice(0, 1) };

class Host {
  readonly simulation: Simulation = {
    state: freshWindows(),
    filters: freshFilters(),
    halfInstalled: false,
    changes: 0,
    offences: [],
  };
  readonly files = new Map<string, string>();
  /** Loses power right after this change. */
  lostAfter: number | undefined;

  run(part: SetupPart, vip: VipDocument) {
    const after = (change: number) => {
      if (change === this.lostAfter) throw new Error('power lost');
    };
    const witness = { before: () => undefined, after };
    return new SimulatedWindows(this.simulation, witness, parsedScript, this.files).runText(
      readablePowerShell(vip, part),
    );
  }
}

const held = ({ simulation }: Host) =>
  simulation.state.addresses.filter(({ prefixLength }) => prefixLength === 32 || prefixLength === 128).length;

describe('the scripts for a Windows host without an agent', () => {
  it('set it up, show so, and leave it as it was', () => {
    const host = new Host();
    const before = JSON.stringify(host.simulation.state);
    expect(host.run('verify', VIP).code).toBe(1);
    expect(host.run('apply', VIP)).toMatchObject({ code: 0, err: '' });
    const shown = host.run('verify', VIP);
    expect(shown.out).not.toContain('WRONG');
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(host.run('undo', VIP)).toMatchObject({ code: 0, err: '' });
    expect(JSON.stringify(host.simulation.state)).toBe(before);
    expect(host.simulation.offences).toEqual([]);
    expect([...host.files]).toEqual([]);
  });

  it('keep the settings of the host until the last VIP has left', () => {
    const host = new Host();
    const before = JSON.stringify(host.simulation.state);
    for (const vip of [VIP, VIP6]) expect(host.run('apply', vip).code).toBe(0);
    expect(host.run('undo', VIP).out).toContain('Other VIPs are on this host');
    expect(host.run('verify', VIP6).code).toBe(0);
    expect(held(host)).toBe(1);
    expect(host.run('undo', VIP6).code).toBe(0);
    expect(JSON.stringify(host.simulation.state)).toBe(before);
  });

  it('give an adapter that was there its name and settings back', () => {
    const host = new Host();
    plugIn(host.simulation.state, { index: 7, name: 'Loopback', loopback: true });
    const before = JSON.stringify(host.simulation.state);
    expect(host.run('apply', VIP).code).toBe(0);
    expect(host.simulation.state.adapters.map(({ name }) => name)).toContain('homeward');
    expect(host.run('undo', VIP).code).toBe(0);
    expect(JSON.stringify(host.simulation.state)).toBe(before);
  });

  it('leave what somebody has changed since, and say what is wrong', () => {
    const host = new Host();
    host.run('apply', VIP);
    const { state } = host.simulation;
    for (const rule of state.rules) rule.ports = '1-65535';
    for (const each of state.interfaces)
      if (each.index === 4 && each.family === 'IPv6') each.WeakHostReceive = 0;
    const { out, code } = host.run('verify', VIP);
    expect(code).toBe(1);
    expect(out.split('\n').filter((line) => line.startsWith('WRONG'))).toEqual([
      'WRONG  network-ipv6-weak-host-receive of Ethernet: wanted 1, found 0',
      'WRONG  Homeward-192.0.2.200-tcp-443: wanted tcp 443 to 192.0.2.200, found tcp 1-65535 to 192.0.2.200',
      'WRONG  Homeward-192.0.2.200-udp-8000-8010: wanted udp 8000-8010 to 192.0.2.200, found udp 1-65535 to 192.0.2.200',
    ]);
    expect(host.run('apply', VIP).code).toBe(0);
    expect(host.run('verify', VIP).code).toBe(0);
  });

  it('finish what they began, after the power was lost in between', () => {
    const counted = new Host();
    const before = JSON.stringify(counted.simulation.state);
    counted.run('apply', VIP);
    const making = counted.simulation.changes;
    counted.run('undo', VIP);
    const all = counted.simulation.changes;
    expect(making).toBeGreaterThan(15);
    for (let change = 1; change <= all; change += 5) {
      const host = new Host();
      host.lostAfter = change;
      const part = change <= making ? 'apply' : 'undo';
      if (part === 'undo') host.run('apply', VIP);
      expect(() => host.run(part, VIP), `${change}`).toThrow('power lost');
      host.lostAfter = undefined;
      expect(host.run(part, VIP), `${change}`).toMatchObject({ code: 0, err: '' });
      if (part === 'apply') expect(host.run('verify', VIP).code, `${change}`).toBe(0);
      expect(host.run('undo', VIP).code, `${change}`).toBe(0);
      expect(JSON.stringify(host.simulation.state), `${change}`).toBe(before);
      expect(host.simulation.offences, `${change}`).toEqual([]);
    }
  });

  it('refuse a VIP that another adapter has', () => {
    const host = new Host();
    const { err, code } = host.run('apply', { ...VIP, address: '192.0.2.11' });
    expect(code).toBe(1);
    expect(err).toContain('192.0.2.11 is an address of Ethernet.');
  });
});
