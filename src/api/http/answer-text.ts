/** Makes the text of an answer and sets what goes with it: media type, entity tag, and who may keep it. */
import type { Response } from 'express';
import { entityTag } from './etag.js';
import { WrittenPage } from './written-page.js';

/** @param isRead it is a conditional read; any other answer has a tag only where it shows an object with a revision. */
export function answerText(response: Response, body: object, isRead: boolean): string {
  const written = body instanceof WrittenPage ? body : null;
  const text = written?.text ?? JSON.stringify(body);
  const revision = 'revision' in body && typeof body.revision === 'number' ? body.revision : undefined;
  response.type('application/json');
  if (isRead || revision !== undefined) {
    response.setHeader('ETag', written?.entityTag ?? entityTag(text, revision));
  }
  // Whoever keeps it has to ask whether it still is so; nobody keeps it for others.
  if (isRead) response.setHeader('Cache-Control', 'private, no-cache');
  return text;
}
