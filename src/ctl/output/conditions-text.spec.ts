import { expect, it } from 'vitest';
import { conditionLines } from './conditions-text.js';

const well = { status: 'True', reason: 'Bound', message: 'It is bound.' };
const unknown = { status: 'Unknown', reason: 'NoAgent', message: 'No agent has joined.' };

it('says what is well in one line, and once why several others are not', () => {
  const conditions = [
    { type: 'VipBound', ...well },
    { type: 'AgentReachable', ...unknown },
    { type: 'ArpSilent', ...well },
    { type: 'GuardLoaded', ...unknown },
    { type: 'Admitted', status: 'False', reason: 'Leaks', message: 'It answers ARP.' },
  ];
  expect(conditionLines(conditions)).toEqual([
    'VipBound, ArpSilent: True',
    'AgentReachable, GuardLoaded: Unknown (NoAgent): No agent has joined.',
    'Admitted: False (Leaks): It answers ARP.',
  ]);
});
