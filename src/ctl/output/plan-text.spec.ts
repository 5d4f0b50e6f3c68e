import { expect, it } from 'vitest';
import { planText, type Plan } from './plan-text.js';

const PLAN: Plan = {
  digest: 'c0ffee',
  allowed: true,
  revision: 7,
  violations: [],
  violationsLeftOut: 0,
  approval: null,
  changes: [],
  changesLeftOut: 0,
  nodes: { directors: [], hosts: [], hostsLeftOut: 0, flows: [], flowsLeftOut: 0 },
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
  const approval = { approve: 'b0b', given: false, services, servicesLeftOut: 5 };
  const text = planText({ ...PLAN, allowed: false, approval });
  expect(text).toContain('--approve b0b\n  192.0.2.200 tcp 80 becomes empty\n… and 5 services more\n');
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
  const nodes = { directors: [director], hosts: [host], hostsLeftOut: 3, flows: [flows], flowsLeftOut: 0 };
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

it('says how much is left out of a large one', () => {
  const changes = [
    { action: 'delete' as const, objectType: 'real-server', objectId: 's-1', before: {}, after: null },
  ];
  const violations = [{ field: '/port', message: 'It is taken.', hint: 'Take another.' }];
  const nodes = { ...PLAN.nodes, flowsLeftOut: 9 };
  const large = { ...PLAN, changes, changesLeftOut: 7, violations, violationsLeftOut: 8, nodes };
  const lines = planText(large).split('\n');
  for (const line of ['… and 7 objects more', '… and 8 broken rules more']) expect(lines).toContain(line);
  expect(lines).toContain('… and 9 connections of services more');
});
