/** Runs where the API is: `node relay-program.js <socket path> <host> <port>`, from a Unix socket to the API. */
import { relay } from './relay.js';

const [socketPath = '', host = '', port = '0'] = process.argv.slice(2);

relay({ host, port: Number(port) }).listen(socketPath, () => process.stdout.write('listening\n'));
