/**
 * What the OpenAPI document has to keep beside redocly's rules (redocly.yaml): Spectral's rules of OpenAPI, and those that
 * Stoplight made of the OWASP API Security Top 10 (2023). Every rule that is off or narrowed says why.
 */
import owasp from '@stoplight/spectral-owasp-ruleset';
import { oas } from '@stoplight/spectral-rulesets';

/** A limit protects this API from what it is sent. What it answers is limited by what it has let in. */
const sent = (type) => [
  `$.paths[*][*]['parameters','requestBody']..[?(@ && @.type=='${type}')]`,
  `$.paths[*][*]['parameters','requestBody']..[?(@ && @.type && @.type.constructor.name === "Array" && @.type.includes('${type}'))]`,
];
const narrowed = (name, given) => ({ [name]: { ...owasp.rules[name], given } });

export default {
  extends: [oas, owasp],
  rules: {
    ...narrowed('owasp:api4:2023-string-limit', sent('string')),
    ...narrowed('owasp:api4:2023-array-limit', sent('array')),
    ...narrowed('owasp:api4:2023-integer-limit', sent('integer')),
    // Names, descriptions and filters are text of people, in any script; what must not be in them is refused by the API.
    'owasp:api4:2023-string-restricted': 'off',
    // There is no rate limit but the one of questions to directors, and those operations have their 429.
    'owasp:api4:2023-rate-limit': 'off',
    'owasp:api4:2023-rate-limit-responses-429': 'off',
    // No page of another origin may read answers, and no header says that one may.
    'owasp:api8:2023-define-cors-origin': 'off',
    // Probes and installers need no credential, so they never answer 401: the others have to say that they do.
    ...narrowed(
      'owasp:api8:2023-define-error-responses-401',
      '$.paths[*][?(@ && @.responses && !@.security)].responses',
    ),
    // Who may reach it is a matter of where it runs.
    'owasp:api9:2023-inventory-access': 'off',
  },
};
