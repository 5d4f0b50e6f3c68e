import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ControlPlaneStandIn, CREDENTIAL } from '../../test/support/control-plane-stand-in.js';
import { readDocumentStream, type StreamListener } from './document-stream.js';

/** A busy machine hears a word within this time. */
const PATIENT_MS = 500;
/** Where silence is not what is looked at. */
const NEVER_MS = 1_000_000;

let plane: ControlPlaneStandIn;
let stop: AbortController;

beforeEach(async () => {
  plane = await ControlPlaneStandIn.start();
  plane.silent = true;
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await plane.close();
});

function read(listener: Partial<StreamListener>, silenceMs = NEVER_MS): Promise<void> {
  return readDocumentStream(
    { apiUrl: plane.url, credential: CREDENTIAL, position: null, signal: stop.signal, silenceMs },
    { onOpen: () => undefined, onMessage: () => undefined, onQuestion: () => undefined, ...listener },
  );
}

describe('reading the stream', () => {
  it('ends when nothing was heard for too long', async () => {
    await expect(read({}, 100)).rejects.toThrow(/nothing was heard for 100 ms/);
  });

  it('lives on while comments arrive, and ends when they stop', async () => {
    const heartbeats = setInterval(() => plane.sendRaw(': still here\n\n'), 20);
    const began = performance.now();
    const reading = read({}, PATIENT_MS);
    setTimeout(() => clearInterval(heartbeats), 1.5 * PATIENT_MS);
    await expect(reading).rejects.toThrow(/nothing was heard/);
    expect(performance.now() - began).toBeGreaterThan(2 * PATIENT_MS);
  });

  it('hands out events that arrive byte by byte, in any alphabet', async () => {
    const seen: string[] = [];
    const reading = read({ onMessage: (data) => seen.push(data) });
    while (plane.openStreams === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    for (const byte of Buffer.from('event: documents\ndata: {"a":"ä漢"}\n\n')) {
      plane.sendRaw(Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    plane.sendRaw('event: other\ndata: no\n\n');
    plane.send('last');
    await vi.waitFor(() => expect(seen).toContain('"last"'), PATIENT_MS);
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    expect(seen).toEqual(['{"a":"ä漢"}', '"last"']);
  });

  it('tells a refusal with its status', async () => {
    plane.refuseWith = 403;
    await expect(read({})).rejects.toMatchObject({ status: 403 });
  });

  it('ends with the error of the one who listens', async () => {
    const reading = read({
      onMessage: () => {
        throw new Error('not for me');
      },
    });
    while (plane.openStreams === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    plane.send({});
    await expect(reading).rejects.toThrow('not for me');
  });
});
