/**
 * What a constraint of the database means to a caller, by its name. The rules find these first; the database finds them
 * where two changes break a rule only together, and then says the same in the same code.
 */
import { failure, type Failure } from '../../domain/failure.js';

const READ_AGAIN =
  'Somebody else changed this at the same time. Read it again and repeat the request if it fits.';

export const CONSTRAINT_FAILURES: Readonly<Partial<Record<string, Failure>>> = {
  virtual_service_overlaps: failure(
    'conflict',
    'virtual-service-overlaps',
    'Another virtual service has this address, protocol and port.',
    'Choose another port or address, or change the other virtual service.',
  ),
  real_server_exists: failure(
    'conflict',
    'real-server-exists',
    'This virtual service has a real server with this address already.',
    'Change the weight of the existing real server instead.',
  ),
  node_name_key: failure(
    'conflict',
    'node-exists',
    'There is a node of this name already.',
    'Choose another name, or delete that node.',
  ),
  node_address_pkey: failure(
    'conflict',
    'node-address-taken',
    'One of these addresses belongs to another node.',
    'An address is one node’s; delete that node first if the host has changed.',
  ),
  direct_return_requires_force_l4: brokenPair(
    'direct-return-requires-force-l4',
    'A Direct-return server needs a virtual service with forceL4.',
  ),
  direct_return_keeps_the_port: brokenPair(
    'direct-return-keeps-the-port',
    'Direct return cannot change the port, and the real server has another one than its virtual service.',
  ),
  address_families_differ: brokenPair(
    'address-families-differ',
    'The real server is of another address family than the VIP.',
  ),
  virtual_service_flow_affinity: brokenPair(
    'flow-affinity-required',
    'The scheduler round-robin and persistence need flow affinity.',
  ),
  real_server_is_the_vip: brokenPair('real-server-is-the-vip', 'The real server has the address of the VIP.'),
};

function brokenPair(code: string, message: string): Failure {
  return { kind: 'unprocessable', code, message, hint: READ_AGAIN, violations: [] };
}
