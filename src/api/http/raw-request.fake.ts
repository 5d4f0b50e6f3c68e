/** Requests that no HTTP client would send. */
import { connect } from 'node:net';

/** Sends bytes as they are, and resolves to all that came back. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('latin1').on('data', (chunk) => (answer += String(chunk)));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

/** Resolves to what came back when `bytes` were sent of a body that never ends. */
export function sendEndlessBody(port: number, head: string, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head);
      socket.write(`${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`);
    });
    socket.setEncoding('latin1').once('data', (chunk) => {
      socket.destroy();
      resolve(String(chunk));
    });
    socket.on('error', reject);
  });
}
