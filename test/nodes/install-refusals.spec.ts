/** An installation that cannot be finished, or should not be begun, leaves the host as it was, wherever it ends. */
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_URL, INSTALLED, InstallLab, NO_TOKEN, type Traces } from '../support/install-lab.js';
import { IS_MACHINES_ROOT } from '../support/machines-root.js';
import { stopProcess } from '../support/namespaces.js';

const LIB = '/usr/local/lib';

let lab: InstallLab;
let before: Traces;

beforeAll(async () => {
  if (!IS_MACHINES_ROOT) return;
  lab = await InstallLab.open('refuse');
  before = await lab.traces();
});

afterAll(async () => {
  if (IS_MACHINES_ROOT) await lab.close();
});

describe.runIf(IS_MACHINES_ROOT)('the line that installs an agent', () => {
  it('does nothing when its download broke off, wherever it did', async () => {
    const { length } = await readFile('packaging/install/install.sh', 'utf8');
    for (const bytes of [0, 1, 400, 2_000, 5_000, length - 20, length - 4, length - 2]) {
      await lab.runInstaller(['--api-url', API_URL], bytes);
    }
    expect(await lab.traces()).toEqual(before);
  });

  it.each([
    ['no URL', '--api-url', "http://a/';touch /tmp/owned;'"],
    ['a URL with more behind it', '--api-url', 'http://a b'],
    ['a URL of two lines', '--api-url', 'http://a\nhttp://b'],
    ['a token where others can read it', '--join-token', NO_TOKEN],
    ['a file that holds no token', '--join-token-file', '/etc/passwd'],
    ['an option that nobody knows', '--prefix', '/'],
  ])('refuses %s, and does not repeat it', async (_what, option, value) => {
    const { code, output } = await lab.runInstaller([option, value]);
    expect(code).toBe(1);
    expect(output).not.toContain(value);
    expect((await lab.root.run(['test', '-e', '/tmp/owned'])).code).toBe(1);
  });

  it('leaves nothing when a file is not what its checksum says', async () => {
    // In place of the way between, on which a byte is lost.
    const lossy = [
      '/usr/bin/curl "$@" || exit',
      'for word; do if [ "$before" = -o ]; then file=$word; fi; before=$word; done',
      'case $* in *homeward-agent.cjs*) echo >>"$file" ;; esac',
    ].join('\n');
    const { code, output } = await lab.instead('curl', lossy, () => lab.install());
    expect([code, output]).toEqual([1, expect.stringContaining('homeward-agent.cjs is damaged')]);
    expect(await lab.traces()).toEqual(before);
  });

  it('leaves nothing when the token is refused, and says why', async () => {
    const { code, output } = await lab.install();
    expect([code, output]).toEqual([1, expect.stringContaining('refused the join token')]);
    expect(await lab.traces()).toEqual(before);
  });

  it('leaves nothing when the line is lost on which it runs', async () => {
    const hangUp = 'kill -HUP $PPID\nsleep 0.2';
    const { code } = await lab.instead('curl', hangUp, () => lab.runInstaller(['--api-url', API_URL]));
    expect(code).toBe(130);
    expect(await lab.traces()).toEqual(before);
  });

  it('leaves nothing when the disk is full', async () => {
    await lab.root.run(['mount', '-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', LIB]);
    const { code, output } = await lab.install();
    const left = await lab.root.run(['find', LIB, '-mindepth', '1']);
    await lab.root.run(['umount', LIB]);
    expect([code, output, left.output]).toEqual([1, expect.stringContaining('could not be read'), '']);
    expect(await lab.traces()).toEqual(before);
  });

  it('does not begin where systemd does not run, or beside another installer', async () => {
    await lab.root.run(['mv', '/run/systemd', '/run/away']);
    const without = await lab.install();
    await lab.root.run(['mv', '/run/away', '/run/systemd']);
    expect([without.code, without.output]).toEqual([1, expect.stringContaining('systemd does not run')]);
    const beside = await lab.paste(`flock /root sh -c '${lab.line()}'`);
    expect([beside.code, beside.output]).toEqual([1, expect.stringContaining('another installer')]);
    expect(await lab.traces()).toEqual(before);
  });

  it('follows no redirect, as the agent follows none', async () => {
    const answer = 'r.writeHead(301, { location: `http://127.0.0.1:3000${q.url}` }).end()';
    const serve = `require('http').createServer((q, r) => ${answer}).listen(3001, () => console.log('listens'))`;
    const elsewhere = lab.host.spawn([process.execPath, '-e', serve]);
    if (elsewhere.stdout !== null) await once(elsewhere.stdout, 'data');
    const { code, output } = await lab.runInstaller(['--api-url', 'http://127.0.0.1:3001']);
    await stopProcess(elsewhere);
    expect([code, output]).toEqual([1, expect.stringContaining('SHA256SUMS could not be read')]);
    expect(await lab.traces()).toEqual(before);
  });

  it.each([
    ['/usr/local/bin/homeward', ''],
    ['/var/lib/homeward-agent', '/identity.json'],
    ['/etc/homeward/agent.env', ''],
    ['/usr/local/lib/homeward', '/current'],
    ['/etc/systemd/system/homeward-agent.service', ''],
  ])('touches nothing where somebody else has %s', async (path, inside) => {
    await lab.put(`${path}${inside}`, 'of somebody else');
    const foreign = await lab.traces();
    for (const words of [['--api-url', API_URL], ['--uninstall']]) {
      const { code, output } = await lab.runInstaller(words);
      expect(code, output).toBe(1);
    }
    expect(await lab.traces()).toEqual(foreign);
    await rm(lab.root.path(path), { recursive: true });
  });

  it('keeps everything where the agent that failed cannot let go, until it can', async () => {
    const joinsAlone = "process.exit(process.argv.includes('join') ? 0 : 1);\n";
    const good = await lab.change('homeward-agent.cjs', () => joinsAlone);
    const { code, output } = await lab.install();
    await lab.change('homeward-agent.cjs', () => good);
    expect([code, output]).toEqual([1, expect.stringContaining('what was installed stays')]);
    expect((await lab.root.run(['cat', INSTALLED])).output).toBe(joinsAlone);
    await lab.root.run(['truncate', '--size=0', INSTALLED]);
    expect(await lab.uninstall()).toMatchObject({ code: 0 });
    expect(await lab.traces()).toEqual(before);
  });
});
