import { expect, it } from 'vitest';
import { eventLine, type Event } from './event-text.js';

const about: Event['data'] = {
  name: 'shop',
  revision: null,
  actor: null,
  ticket: null,
  condition: null,
  before: null,
  after: null,
};

const line = (type: string, data: Partial<Event['data']>): string =>
  eventLine({ id: '1-7', type, time: 'T', subject: '/v1/nodes/n', data: { ...about, ...data } });

it('says of an edit what it changed, who asked, and under which ticket', () => {
  const edit = { before: { port: 80, tags: {} }, after: { port: 81, tags: {} } };
  const by = { revision: 2, actor: 'admin', ticket: 'CHG1' };
  expect(line('virtual-service.updated', { ...edit, ...by })).toBe(
    'T 1-7 virtual-service.updated shop (port) revision 2 by admin (CHG1)\n',
  );
  expect(line('virtual-service.deleted', { ...by, ticket: null, before: edit.before })).toBe(
    'T 1-7 virtual-service.deleted shop revision 2 by admin\n',
  );
});

it('says of a condition what it was, what it is, and why', () => {
  const before = { status: 'True', reason: 'Bound' };
  const after = { status: 'False', reason: 'NotBound', message: 'It is gone.' };
  expect(line('real-server.condition-changed', { condition: 'VipBound', before, after })).toBe(
    'T 1-7 real-server.condition-changed shop VipBound True/Bound -> False/NotBound: It is gone.\n',
  );
});

it('names what has no name by its place', () => {
  expect(line('node.joined', { name: '' })).toBe('T 1-7 node.joined /v1/nodes/n\n');
});
