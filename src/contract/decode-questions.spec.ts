import { describe, expect, it } from 'vitest';
import { answerDecoder, decodeQuestion, decodeQuestionMessage } from './decode-questions.js';

const ID = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';
const STATS = { kind: 'stats', service: ID };
const FLOWS = { kind: 'flows', service: ID, limit: 10 };
const ROUTE = { kind: 'route', service: ID, source: '198.51.100.10', sourcePort: 4000 };
const MESSAGE = { format: 1, id: ID, withinMs: 3000, question: STATS };

describe('the decoder of questions', () => {
  it.each([
    STATS,
    FLOWS,
    ROUTE,
    { kind: 'owners', service: ID },
    { ...FLOWS, server: 1, source: '192.0.2.1', after: '0a' },
  ])('takes %j', (question) => {
    expect(decodeQuestionMessage({ ...MESSAGE, question })).toMatchObject({ ok: true });
    expect(decodeQuestion(question)).toEqual({ ok: true, value: question });
  });

  it('leaves a question of an unknown kind to the node, which can then refuse it', () => {
    const question = { kind: 'weather' };
    expect(decodeQuestionMessage({ ...MESSAGE, question })).toMatchObject({ ok: true });
    expect(decodeQuestion(question)).toEqual({ ok: false, problem: 'questions of this kind are not known' });
  });

  it.each([
    ['an id that is none', { ...MESSAGE, id: '../documents' }],
    ['no time at all', { ...MESSAGE, withinMs: 0 }],
    ['another format', { ...MESSAGE, format: 2 }],
  ])('refuses a message with %s', (_, message) =>
    expect(decodeQuestionMessage(message)).toMatchObject({ ok: false }),
  );

  it.each([
    ['too many flows', { ...FLOWS, limit: 1_000_000 }],
    ['a source that is no address', { ...ROUTE, source: '198.51.100.10 . 80' }],
    ['a port that is none', { ...ROUTE, sourcePort: 65_536 }],
    ['a member too many', { ...STATS, command: 'nft' }],
    ['a kind from the prototype', { kind: 'constructor' }],
  ])('refuses a question with %s', (_, question) =>
    expect(decodeQuestion(question)).toMatchObject({ ok: false }),
  );
});

describe('the decoder of answers', () => {
  const told = {
    kind: 'route',
    reason: 'slot',
    server: 7,
    address: '192.0.2.11',
    slot: 3,
    expiresInMs: null,
  };

  it('takes what was asked for, or a refusal', () => {
    expect(answerDecoder('route')({ format: 1, told })).toMatchObject({ ok: true });
    const refusal = { reason: 'Busy', message: 'Ask later.' };
    expect(answerDecoder('route')({ format: 1, refusal })).toMatchObject({ ok: true });
  });

  it.each([
    ['to another question', { format: 1, told: { kind: 'stats' } }],
    ['and a refusal at once', { format: 1, told, refusal: { reason: 'Busy', message: '' } }],
    ['with a reason of its own', { format: 1, told: { ...told, reason: 'whim' } }],
    ['with nothing', { format: 1 }],
  ])('refuses an answer %s', (_, answer) =>
    expect(answerDecoder('route')(answer)).toMatchObject({ ok: false }),
  );
});
