/** Set up for every API spec: a test that was answered with what the OpenAPI document leaves out has failed. */
import { afterEach, expect } from 'vitest';
import { undocumentedAnswers } from './watch-answers.js';

afterEach(() => {
  expect(undocumentedAnswers(), 'answered, and not in the OpenAPI document').toEqual([]);
});
