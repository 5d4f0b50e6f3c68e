import { expect, it } from 'vitest';
import { planText, type Plan } from './plan-text.js';

const PLAN: Plan = {
  digest: 'c0ffee',
  allowed: true,
  revision: 7,
  violations: [],
  approval: null,
  changes: [],
  nodes: { directors: [], hosts: [], hostsLeftOut: 0, flows: [] },
};

it('says what stands against it, where, and what to do', () => {
  const violations = [{ field: '/port', message: 'It is taken.', hint: 'Take another.' }];
  expect(planText({ ...PLAN, allowed: false, violations })).toBe(
    [
      'Nothing would change.',
      'Broken rules:',
      '  /port: It is taken.',
      '    Take another.',
      'Plan c0ffee on revision 7: would be refused',
      '',
    ].join('\n'),
  );
});

it('says what has to be approved, and how', () => {
  const services = [{ address: '192.0.2.200', protocol: 'tcp', port: 80, becomes: 'empty' }];
  const text = planText({ ...PLAN, allowed: false, approval: { approve: 'b0b', given: false, services } });
  expect(text).toContain('--approve b0b\n  192.0.2.200 tcp 80 becomes empty\n');
});

it('says what each node would do, and which connections would move', () => {
  const director = {
    name: 'lb-1',
    chains: [],
    commands: ['add a'],
    later: ['add b'],
    notes: ['Who knows.'],
    servicesLeftOut: 2,
  };
  const host = { name: 'web-1', linux: ['ip a'], windows: ['Set-Vip'], notes: [], vipsLeftOut: 0 };
  const newConnections = { movedPercent: 33.3, movedOfStayingPercent: 1.5 };
  const flows = { virtualServiceId: 'v-1', newConnections, drained: 4, broken: 0, note: null };
  const nodes = { directors: [director], hosts: [host], hostsLeftOut: 3, flows: [flows] };
  expect(
    planText({ ...PLAN, nodes })
      .split('\n')
      .slice(1, -2),
  ).toEqual([
    'Director lb-1:',
    '  nft:',
    '    add a',
    '  nft, when hosts and health allow it:',
    '    add b',
    '  Who knows.',
    '  … and 2 services more',
    'Real server web-1:',
    '  Linux:',
    '    ip a',
    '  Windows:',
    '    Set-Vip',
    '… and 3 hosts more',
    'Connections of v-1: 33.3 % of new ones go to another real server (1.5 % of those that could stay); 4 flows drain; 0 flows break',
  ]);
});
