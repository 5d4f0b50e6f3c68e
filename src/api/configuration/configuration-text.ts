/** Writes the configuration as text, piece by piece, as JSON or YAML with one member a line, as git likes it. Pure. */
import { dump } from 'js-yaml';
import type { ConfiguredService } from './configured-service.js';

export type ConfigurationFormat = 'json' | 'yaml';

interface Writer {
  /** What stands before the first service. */
  readonly head: string;
  readonly between: string;
  readonly tail: string;
  /** All of the text where there is no service. */
  readonly none: string;
  readonly one: (service: ConfiguredService) => string;
}

const JSON_INDENT = '    ';

export const WRITERS: Readonly<Record<ConfigurationFormat, Writer>> = {
  json: {
    head: '{\n  "virtualServices": [\n',
    between: ',\n',
    tail: '\n  ]\n}\n',
    none: '{\n  "virtualServices": []\n}\n',
    // No line break of JSON.stringify's is within a text: there they are escaped.
    one: (service) => JSON_INDENT + JSON.stringify(service, null, 2).replaceAll('\n', `\n${JSON_INDENT}`),
  },
  yaml: {
    head: 'virtualServices:\n',
    between: '',
    tail: '',
    none: 'virtualServices: []\n',
    // No line is folded: a changed word is a changed line, and no other moves.
    one: (service) => dump([service], { lineWidth: -1, noRefs: true }),
  },
};
