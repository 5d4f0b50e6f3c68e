/** Server-sent events on an answer: its head, and a way to write to a reader that waits for the reader. */
import type { Response } from 'express';

/** Where events go. */
export interface EventSink {
  /** Resolves when the reader can take more; rejects when it is gone, or takes too long. */
  write(text: string): Promise<void>;
  /** Hangs up at once. */
  end(): void;
  /** Ends in good order, where nothing is being written. */
  finish(): void;
}

export function sendEventStreamHead(response: Response): void {
  response.socket?.setNoDelay(true);
  response.socket?.setKeepAlive(true);
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // Asks proxies such as nginx not to collect events before passing them on.
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
}

/** @param limitMs a reader that has not taken what was written for so long is gone. */
export function eventSink(response: Response, limitMs: number): EventSink {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        if (response.destroyed) reject(new Error('the reader is gone'));
        const tooSlow = setTimeout(() => reject(new Error('the reader takes nothing')), limitMs);
        response.write(text, (error) => {
          clearTimeout(tooSlow);
          if (error) reject(error);
          else resolve();
        });
      }),
    end: () => response.destroy(),
    finish: () => response.end(),
  };
}
