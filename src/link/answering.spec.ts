import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Question, Told } from '../contract/questions.js';
import { FakeNodeWork } from './node-work.fake.js';
import { NotAnswered } from './not-answered.js';
import { NodeLab, until } from './running-node.fake.js';

const ID = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';
const TOLD: Told = { kind: 'flows', flows: [], total: 0, complete: true };
const QUESTION: Question = { kind: 'flows', service: 'a', limit: 1 };

let lab: NodeLab;

beforeEach(async () => {
  lab = await NodeLab.open();
});

afterEach(() => lab.close());

async function started(answer?: (question: Question) => Promise<Told>): Promise<FakeNodeWork> {
  const work = new FakeNodeWork();
  work.answer = answer;
  lab.start(work);
  await until(() => lab.plane.openStreams === 1);
  return work;
}

function ask(question: object, withinMs = 2_000): void {
  lab.plane.ask({ format: 1, id: ID, withinMs, question });
}

describe('a node that is asked', () => {
  it('answers with what its work tells, under the id of the question', async () => {
    const asked: Question[] = [];
    await started((question) => {
      asked.push(question);
      return Promise.resolve(TOLD);
    });
    ask(QUESTION);
    await until(() => lab.plane.answers.length === 1);
    expect(lab.plane.answers).toEqual([{ id: ID, body: { format: 1, told: TOLD } }]);
    expect(asked).toEqual([QUESTION]);
  });

  it.each([
    ['its work answers nothing', undefined, QUESTION, 'NotUnderstood'],
    ['the kind is not known', () => Promise.resolve(TOLD), { kind: 'weather' }, 'NotUnderstood'],
    ['its work fails', () => Promise.reject(new Error('no nft')), QUESTION, 'Failed'],
    ['its work refuses', () => Promise.reject(NotAnswered.notInForce()), QUESTION, 'NotInForce'],
  ])('says so where %s', async (_, answer, question, reason) => {
    await started(answer);
    ask(question);
    await until(() => lab.plane.answers.length === 1);
    expect(lab.plane.answers[0]?.body).toMatchObject({ format: 1, refusal: { reason } });
  });

  it('refuses the fifth at once, and takes documents meanwhile', async () => {
    const work = await started(() => new Promise(() => undefined));
    for (let count = 0; count < 5; count++) ask(QUESTION);
    await until(() => lab.plane.answers.length === 1);
    expect(lab.plane.answers[0]?.body).toMatchObject({ refusal: { reason: 'Busy' } });
    lab.plane.put({ a: { kind: 'vip', address: '192.0.2.1', services: [] } });
    await until(() => work.host.size === 1);
  });

  it('keeps its stream when a question cannot be read', async () => {
    await started(() => Promise.resolve(TOLD));
    lab.plane.sendRaw('event: question\ndata: {\n\n');
    ask(QUESTION);
    await until(() => lab.plane.answers.length === 1);
    expect(lab.plane.asked).toHaveLength(1);
  });
});
