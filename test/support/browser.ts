/**
 * A real browser, Debian's Chromium, with a profile that is new and empty. It asks nobody but the pages that a test opens:
 * everything that it would do in the background is off, and a request to another origin than the test's is a finding.
 */
import { chromium, type Browser, type Page } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export class BrowserUnderTest {
  /** What a person would see in red in the console, and requests that left the origin. */
  readonly findings: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  static async open(url: string): Promise<BrowserUnderTest> {
    const browser = await chromium.launch({ executablePath: PROGRAM, args: FLAGS, chromiumSandbox: false });
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const under = new BrowserUnderTest(browser, page);
    under.watch(new URL(url).origin);
    await page.goto(url);
    return under;
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  private watch(origin: string): void {
    this.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.findings.push(message.text());
    });
    this.page.on('pageerror', (error) => this.findings.push(error.message));
    this.page.on('request', (request) => {
      const { origin: asked, protocol } = new URL(request.url());
      if (protocol !== 'data:' && asked !== origin) this.findings.push(`asked ${request.url()}`);
    });
  }
}
