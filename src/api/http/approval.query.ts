import { TextField } from './fields/text-field.js';

/** How much a write may take away. */
export class ApprovalQuery {
  @TextField({
    description:
      'The difference that you approve, as `approval-required` named it: nothing else is let pass by it, and ' +
      'without need it does nothing.',
    min: 64,
    max: 64,
    pattern: /^[0-9a-f]{64}$/,
    patternInWords: 'hex digits in lower case',
    optional: true,
  })
  approve?: string;
}
