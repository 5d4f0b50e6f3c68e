import { failed, type Cause } from '../cause.js';
import { anywhere, serverUrl } from '../remedies.js';

export const nobodyHasAttestedTheHost: Cause = {
  code: 'not-attested',
  severity: 'no-traffic',
  title: 'Nobody has attested the host, which has no agent',
  why: 'Without an agent it takes the word of a person that the host holds the VIP silently. Without that it gets no packets.',
  find: (known) => failed(known, 'Attested'),
  fix: (known) => {
    const words =
      'Set the host up: read the script, run it there as root or administrator, and have it verified. Then attest it.';
    const url = serverUrl(known);
    if (url === null) return anywhere('control-plane', words);
    return anywhere(
      'control-plane',
      words,
      `curl -H "Authorization: Bearer $TOKEN" "${url}/setup?os=linux"`,
      `curl -X PUT -H "Authorization: Bearer $TOKEN" "${url}/attestation"`,
    );
  },
};
