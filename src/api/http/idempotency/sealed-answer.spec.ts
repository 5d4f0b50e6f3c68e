import { expect, it } from 'vitest';
import { openAnswer, sealAnswer } from './sealed-answer.js';

const answer = { headers: { Location: '/v1/nodes/1' }, text: '{"joinToken":"hwj_secret","ü":"🛒"}' };
const by = { credential: 'hwt_olga', key: 'order-1' };

it('opens by the same credential and key as it was answered', () => {
  expect(openAnswer(sealAnswer(answer, by), by)).toEqual(answer);
  expect(openAnswer(sealAnswer({ ...answer, text: null }, by), by).text).toBeNull();
});

it('tells nothing to who has one of them, or has changed it', () => {
  const sealed = sealAnswer(answer, by);
  expect(sealed.toString('latin1')).not.toContain('secret');
  expect(sealAnswer(answer, by)).not.toEqual(sealed);
  expect(() => openAnswer(sealed, { ...by, credential: 'hwt_otto' })).toThrow();
  expect(() => openAnswer(sealed, { ...by, key: 'order-2' })).toThrow();
  sealed[40] = (sealed[40] ?? 0) ^ 1;
  expect(() => openAnswer(sealed, by)).toThrow();
});
