import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Failed, failure } from '../../domain/failure.js';
import { Public } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { InstallationFiles } from './installation-files.js';

/** Anybody may ask for a hundred megabytes: no more than this many at a time. */
const MOST_LARGE = 8;
/** A download that does not move for so long has no reader any more. */
const IDLE_MS = 30_000;
const BUSY = new Failed(
  failure('unavailable', 'try-again', 'Too many real servers are being sent a Node at this moment.'),
);
const TEXT = { schema: { type: 'string' } } as const;

/** What a real server installs its agent from. Public: none of it is secret, and a new host has no credential. */
@Controller()
@Public()
@ApiTags('Installation')
@ApiSecurity({})
@ApiProblems(400, 404, 503)
export class InstallationController {
  /** Files that are being sent from disk. */
  #large = 0;

  constructor(@Inject(InstallationFiles) private readonly files: InstallationFiles) {}

  @Get('install.sh')
  @ApiOperation({
    summary: 'Read the installer for real servers on Linux, a POSIX shell script',
    description: 'It checks the SHA-256 of every file, and holds no secret: the join token is given to it.',
  })
  @ConditionalRead()
  @ApiProduces('text/plain')
  @ApiOkResponse(TEXT)
  getLinuxInstaller(@Res() response: Response): Promise<void> {
    return this.send('install.sh', response);
  }

  @Get('install.ps1')
  @ApiOperation({
    summary: 'Read the installer for real servers on Windows, a PowerShell script',
    description: 'It checks the SHA-256 of every file, and holds no secret: the join token is given to it.',
  })
  @ConditionalRead()
  @ApiProduces('text/plain')
  @ApiOkResponse(TEXT)
  getWindowsInstaller(@Res() response: Response): Promise<void> {
    return this.send('install.ps1', response);
  }

  @Get('install/:file')
  @ApiOperation({
    summary: 'Read a file that the installers need',
    description: 'Their names and SHA-256 are in `/install/SHA256SUMS`.',
  })
  @ApiParam({
    name: 'file',
    description: 'Such as `SHA256SUMS`.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  })
  @ConditionalRead()
  @ApiProduces('text/plain', 'text/javascript', 'application/octet-stream')
  @ApiOkResponse(TEXT)
  getInstallationFile(@Param('file') name: string, @Res() response: Response): Promise<void> {
    return this.send(name, response);
  }

  private async send(name: string, response: Response): Promise<void> {
    const { mediaType, sha256, content } = await this.files.find(name);
    if ('path' in content) this.takeTurn(response);
    // May be kept, and is asked for again before it is used.
    response.set({ 'Content-Type': mediaType, ETag: `"${sha256}"`, 'Cache-Control': 'no-cache' });
    if (!('path' in content)) response.send(content);
    // A Node may lie below a hidden folder, where version managers put it.
    else response.sendFile(content.path, { cacheControl: false, lastModified: false, dotfiles: 'allow' });
  }

  /** Ends with the response, and with one that nobody reads. */
  private takeTurn(response: Response): void {
    if (this.#large >= MOST_LARGE) throw BUSY;
    this.#large += 1;
    response.once('close', () => (this.#large -= 1));
    response.setTimeout(IDLE_MS, () => response.destroy());
  }
}
