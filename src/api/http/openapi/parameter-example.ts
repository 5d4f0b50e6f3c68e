/**
 * What may be sent as a parameter, in words at the end of its description: whoever tries an operation out must not send by
 * itself what is optional, and Swagger UI fills in whatever is a formal example. Pure.
 */
const EXAMPLES: Readonly<Record<string, string>> = {
  'If-Match': '"42"',
  'If-None-Match': '"42-9f86d081884c7d659a2feaa0c55ad015"',
  'Idempotency-Key': 'b7e23ec2-9d3c-4a53-9f0e-0d1b7a7a3c11',
  'X-Change-Ticket': 'CHG0042',
  'Last-Event-ID': '1-4711',
  approve: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

export interface Described {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
}

export function withParameterExample<T extends Described>(parameter: T): T {
  const { name, description = '' } = parameter;
  const example = EXAMPLES[name];
  return example === undefined
    ? parameter
    : { ...parameter, description: `${description} Such as \`${example}\`.` };
}
