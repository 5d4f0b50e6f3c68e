/**
 * Refuses URLs that decode to nothing: broken percent signs, bytes that are no UTF-8, and NUL, which no database
 * keeps. Behind this, decoding a path or a query cannot fail.
 */
import type { NextFunction, Request, Response } from 'express';
import { invalidRequest, violation } from './invalid-request.js';

export function checkUrl(request: Request, _response: Response, next: NextFunction): void {
  next(isDecodable(request.originalUrl) ? undefined : urlRefused());
}

function isDecodable(url: string): boolean {
  try {
    return !decodeURIComponent(url).includes('\0');
  } catch {
    return false;
  }
}

function urlRefused(): Error {
  return invalidRequest(
    violation(
      'url-malformed',
      '',
      'The URL holds a percent sign or byte that decodes to no text.',
      'Percent-encode it as UTF-8.',
    ),
  );
}
