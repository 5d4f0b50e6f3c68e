<#
.SYNOPSIS
Installs, upgrades or removes the Homeward agent of this real server.

.DESCRIPTION
Made to be run from one line, by an administrator:

  $env:HOMEWARD_JOIN_TOKEN = 'hwj_...'; & ([scriptblock]::Create((irm 'http://API/install.ps1'))) -ApiUrl 'http://API'

Run again, it upgrades in place. With -Uninstall the directors let go of this host, and it is left as it was; a copy lies
beside the agent. Where they do not let go, or the API cannot be told, it refuses, unless there is -Force. The agent runs as the service HomewardAgent, as SYSTEM; the program that answers to the service manager is
compiled here, from homeward-service.cs, by the compiler that comes with Windows. Arguments have a fixed form, every file has
the checksum that the API gave it, and nothing is replaced or removed that an installer of this agent did not make.
#>
param(
  [ValidatePattern('^(https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?)?$')]
  [string] $ApiUrl = '',
  [switch] $Uninstall,
  [switch] $Force
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# Not an argument, which other users could read; and gone from the shell of whoever runs this, whatever happens next.
$JoinToken = [string] $env:HOMEWARD_JOIN_TOKEN
$env:HOMEWARD_JOIN_TOKEN = $null
if ($JoinToken -notmatch '^(hwj_[A-Za-z0-9_-]{43})?$') { throw 'HOMEWARD_JOIN_TOKEN is not a join token (hwj_ and 43 characters).' }

$Service = 'HomewardAgent'
# In single quotes within a query of WMI, which is constant.
$Query = "Name='HomewardAgent'"
$Folder = Join-Path $env:ProgramFiles 'Homeward'
# Of the agent alone: the scripts for hosts without an agent have a folder of their own.
$Data = Join-Path $env:ProgramData 'HomewardAgent'
$State = Join-Path $Data 'state'
$Run = Join-Path $Data 'run'
$Log = Join-Path $Data 'log'
# Is there once the API has taken a report of the agent.
$Reported = Join-Path $Run 'reported'
$Settings = Join-Path $Data 'agent.env'
# In a folder: an installer made it.
$Marker = 'made-by-homeward-install'
$Agent = 'homeward-agent.cjs'
$Source = 'homeward-service.cs'
$Program = 'homeward-service.exe'
# As on Linux: code that is compiled to run faster costs a waiting agent memory and saves it no time.
$Frugal = @('--jitless', '--max-semi-space-size=1')
# A new agent must have reported to the API within this time, and stay up for a while, or the one before it comes back.
$ReportSeconds = 60
$SettleSeconds = 5

# What SYSTEM runs must lie where administrators alone may write.
function Test-InProgramFiles($Path) {
  $full = [IO.Path]::GetFullPath($Path)
  return $full.StartsWith("$env:ProgramFiles\", [StringComparison]::OrdinalIgnoreCase)
}

function Get-HostNode {
  $found = @(Get-Command -Name node.exe -CommandType Application -All -ErrorAction SilentlyContinue | Where-Object { Test-InProgramFiles $_.Path })
  foreach ($each in $found) {
    # A program of 32 bits sees another Windows, in which no driver can be installed.
    & $each.Path -e 'const [a, b] = process.versions.node.split(`.`); process.exit((a > 20 || (a == 20 && b >= 19)) && process.arch !== `ia32` ? 0 : 1)'
    if ($LASTEXITCODE -eq 0) { return $each.Path }
  }
  throw "Homeward needs Node.js 20.19 or later, of 64 bits, below $env:ProgramFiles, where no user can replace it (https://nodejs.org). Install it for all users, open a new window, and run this again."
}

# The Node and the release that the service runs, null where there is no agent. None but an administrator makes a service.
function Get-Installed {
  $found = Get-CimInstance -ClassName Win32_Service -Filter $Query
  if ($null -eq $found) { return $null }
  $ours = $found.StartName -eq 'LocalSystem' -and $found.PathName -match '^"([^"]+)\\homeward-service\.exe" "[^"]+" "([^"]+)" '
  if (-not $ours) { throw "The service $Service is not of this installer. Look at what it is, and remove it first." }
  $release = $Matches[1]
  $node = $Matches[2]
  if (-not (Test-InProgramFiles $node) -or -not (Test-InProgramFiles $release)) { throw "The service $Service runs what any user may replace." }
  return @{ Node = $node; Release = $release; CommandLine = $found.PathName }
}

# The URL of an installed agent, for an upgrade that names none.
function Get-Url {
  if ($ApiUrl -ne '') { return $ApiUrl.TrimEnd('/') }
  if (Test-Path -LiteralPath $Settings) {
    $line = Get-Content -LiteralPath $Settings | Where-Object { $_ -match '^HOMEWARD_API_URL=' } | Select-Object -First 1
    if ($null -ne $line) { return $line.Substring('HOMEWARD_API_URL='.Length) }
  }
  throw '-ApiUrl is needed.'
}

function Save-Checked($Url, $Name, $Target, $Sums) {
  $line = $Sums | Where-Object { $_ -match ('^[0-9a-f]{64}  ' + [regex]::Escape($Name) + '$') } | Select-Object -First 1
  if ($null -eq $line) { throw "The API has no $Name." }
  $path = Join-Path $Target $Name
  Invoke-WebRequest -UseBasicParsing -Uri "$Url/install/$Name" -OutFile $path
  if ((Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -ne $line.Substring(0, 64)) {
    throw "$Name is damaged: its checksum is not the one that the API gave. Nothing was changed."
  }
}

# S-1-5-18 is SYSTEM, S-1-5-32-544 the administrators, in every language of Windows.
function Get-OwnerId([string]$Path) {
  return (Get-Acl -LiteralPath $Path).GetOwner([Security.Principal.SecurityIdentifier]).Value
}

function Test-Link([string]$Path) {
  return [bool]((Get-Item -LiteralPath $Path -Force).Attributes -band [IO.FileAttributes]::ReparsePoint)
}

function Protect-Folder([string]$Path) {
  $owners = @('S-1-5-18', 'S-1-5-32-544')
  if (-not (Test-Path -LiteralPath $Path)) { New-Item -ItemType Directory -Path $Path | Out-Null }
  elseif ((Test-Link $Path) -or $owners -notcontains (Get-OwnerId $Path)) {
    throw "$Path is there already, and it is not of the administrators. Look at what it is, and remove it first."
  }
  # Owner and rights in one step; no right of before stays, and none comes from above.
  $rights = New-Object -TypeName Security.AccessControl.DirectorySecurity
  $rights.SetSecurityDescriptorSddlForm('O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)', 'Owner, Access')
  Set-Acl -LiteralPath $Path -AclObject $rights
  # What was put there before that.
  $owners += [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
  foreach ($inside in @(Get-ChildItem -LiteralPath $Path -Force)) {
    if ((Test-Link $inside.FullName) -or $owners -notcontains (Get-OwnerId $inside.FullName)) {
      throw "$($inside.FullName) is not of the administrators. Look at what it is, and remove it first."
    }
  }
}

function Test-Marked($Path) {
  return Test-Path -LiteralPath (Join-Path $Path $Marker)
}

# Whatever it is, it is not for us to replace.
function Assert-OwnFolders {
  foreach ($path in @($Folder, $Data)) {
    if ((Test-Path -LiteralPath $path) -and -not (Test-Marked $path)) {
      throw "$path is there already, and no installer of this agent made it. Nothing was changed. Look at what it is, and move it away first."
    }
  }
}

function Initialize-Folders {
  foreach ($path in @($Folder, $Data)) {
    $new = -not (Test-Path -LiteralPath $path)
    Protect-Folder $path
    if ($new) { New-Item -ItemType File -Path (Join-Path $path $Marker) | Out-Null }
  }
  Protect-Folder $State
  Protect-Folder $Run
  Protect-Folder $Log
}

# What an administrator has set beside it stays.
function Write-Settings($Url) {
  $lines = @("HOMEWARD_API_URL=$Url", "HOMEWARD_STATE_DIR=$State", "HOMEWARD_RUN_DIR=$Run")
  if (Test-Path -LiteralPath $Settings) {
    $lines += @(Get-Content -LiteralPath $Settings | Where-Object { $_ -notmatch '^HOMEWARD_(API_URL|STATE_DIR|RUN_DIR)=' })
  }
  Set-Content -LiteralPath "$Settings.new" -Encoding Ascii -Value $lines
  Move-Item -LiteralPath "$Settings.new" -Destination $Settings -Force
}

# Resolves to the folder of the release, which has the name of what is in it.
function Save-Release($Url) {
  $sums = (Invoke-WebRequest -UseBasicParsing -Uri "$Url/install/SHA256SUMS").Content -split "`n"
  $staging = Join-Path $Folder 'staging'
  if (Test-Path -LiteralPath $staging) { Remove-Item -LiteralPath $staging -Recurse -Force }
  New-Item -ItemType Directory -Path $staging | Out-Null
  $names = @($Agent, $Source, 'install.ps1', 'NOTICES.txt')
  foreach ($name in $names) { Save-Checked $Url $name $staging $sums }
  # Eight of the 64 digits of each.
  $digits = @($names | ForEach-Object { (Get-FileHash -LiteralPath (Join-Path $staging $_) -Algorithm SHA256).Hash.Substring(0, 8) })
  $id = ($digits -join '').ToLowerInvariant()
  $release = Join-Path $Folder $id
  if (Test-Path -LiteralPath $release) { Remove-Item -LiteralPath $staging -Recurse -Force; return $release }
  New-Program $staging
  Move-Item -LiteralPath $staging -Destination $release
  return $release
}

# What answers to the service manager. The compiler is that of the .NET that this runs on.
function New-Program($Target) {
  $compiler = Join-Path ([Runtime.InteropServices.RuntimeEnvironment]::GetRuntimeDirectory()) 'csc.exe'
  $words = @('/nologo', '/target:exe', '/reference:System.ServiceProcess.dll', "/out:$(Join-Path $Target $Program)", (Join-Path $Target $Source))
  $said = & $compiler $words
  if ($LASTEXITCODE -ne 0) { throw "The service could not be compiled: $($said -join ' ')" }
}

function Invoke-Agent($Node, $Release, $Words) {
  # What it says on standard error is no failure of its own; where nobody looks at a console, PowerShell would stop for it.
  $ErrorActionPreference = 'Continue'
  & $Node "--env-file=$Settings" (Join-Path $Release $Agent) agent $Words
}

function Join-Cluster($Node, $Release) {
  if (Test-Path -LiteralPath (Join-Path $State 'identity.json')) { return }
  if ($JoinToken -eq '') { throw 'This host has not joined yet: set HOMEWARD_JOIN_TOKEN.' }
  # In the environment, where other users do not see it, and for this one command.
  $env:HOMEWARD_JOIN_TOKEN = $JoinToken
  try { Invoke-Agent $Node $Release 'join' } finally { $env:HOMEWARD_JOIN_TOKEN = $null }
  if ($LASTEXITCODE -ne 0) { throw 'This host could not join.' }
}

# Every word is a path or an option of ours, and has no quote in it.
function Get-CommandLine($Node, $Release) {
  $words = @((Join-Path $Release $Program), (Join-Path $Log 'agent.log'), $Node) + $Frugal
  $words += @("--env-file=$Settings", (Join-Path $Release $Agent), 'agent', 'run', '--until-input-ends')
  return '"' + ($words -join '" "') + '"'
}

function Invoke-ServiceMethod($Name, $Arguments) {
  $found = Get-CimInstance -ClassName Win32_Service -Filter $Query
  $answer = Invoke-CimMethod -InputObject $found -MethodName $Name -Arguments $Arguments
  if ($answer.ReturnValue -ne 0) { throw "Windows refuses to $Name the service $Service ($($answer.ReturnValue))." }
}

function Set-Recovery {
  $manager = Join-Path $env:SystemRoot 'System32\sc.exe'
  # Again after 2 s, 10 s, and from then on 60 s; after a day in peace, from the start.
  & $manager 'failure' $Service 'reset=' '86400' 'actions=' 'restart/2000/restart/10000/restart/60000' | Out-Null
  if ($LASTEXITCODE -ne 0) { throw "Windows does not take it that $Service is started again when it fails." }
}

# For a new service, or one that is there already.
function Register-Agent($CommandLine) {
  if (Test-Registered) {
    Stop-Agent
    Invoke-ServiceMethod 'Change' @{ PathName = $CommandLine }
  }
  else {
    # The agent asks WMI.
    New-Service -Name $Service -BinaryPathName $CommandLine -DisplayName 'Homeward agent' -DependsOn 'Winmgmt' -StartupType Automatic `
      -Description 'Holds the VIPs of this real server, silently.' | Out-Null
  }
  Set-Recovery
}

function Test-Registered {
  return $null -ne (Get-Service -Name $Service -ErrorAction SilentlyContinue)
}

function Test-Running {
  return [string](Get-Service -Name $Service).Status -eq 'Running'
}

# One that failed would be started again at any moment, unless it is disabled.
function Stop-Agent {
  Set-Service -Name $Service -StartupType Disabled
  try { Stop-Service -Name $Service -Force }
  catch {
    Set-Service -Name $Service -StartupType Automatic
    throw
  }
}

function Start-Agent {
  Set-Service -Name $Service -StartupType Automatic
  Start-Service -Name $Service
}

# True where it runs, the API has taken a report of it, and it still runs a while later.
function Restart-Agent {
  Stop-Agent
  if (Test-Path -LiteralPath $Reported) { Remove-Item -LiteralPath $Reported }
  try { Start-Agent } catch { return $false }
  for ($waited = 0; -not (Test-Path -LiteralPath $Reported); $waited++) {
    if ($waited -ge $ReportSeconds) { return $false }
    Start-Sleep -Seconds 1
  }
  Start-Sleep -Seconds $SettleSeconds
  return Test-Running
}

# The service, and these folders, where an installer made them.
function Remove-Files($Paths) {
  if (Test-Registered) {
    Stop-Agent
    Invoke-ServiceMethod 'Delete' @{}
  }
  foreach ($path in $Paths) {
    if (Test-Marked $path) { Remove-Folder $path }
  }
}

# A service has stopped a moment before its program has ended, and until then Windows keeps the file.
function Remove-Folder($Path) {
  for ($tried = 1; $tried -lt 10; $tried++) {
    try { Remove-Item -LiteralPath $Path -Recurse -Force; return } catch { Start-Sleep -Seconds 1 }
  }
  Remove-Item -LiteralPath $Path -Recurse -Force
}

# An agent that was handed documents before it failed may serve: then the host keeps what it holds, and the program too.
function Undo-Install($Node, $Release, $Made) {
  if (Test-Registered) {
    Stop-Agent
    Invoke-Agent $Node $Release 'release'
    if ($LASTEXITCODE -ne 0) {
      Start-Agent
      "What was installed stays, and its agent was started again. To remove it: $Release\install.ps1 -Uninstall"
      return
    }
  }
  Remove-Files $Made
}

function Undo-Upgrade($Before, $Lines) {
  Set-Content -LiteralPath $Settings -Encoding Ascii -Value $Lines
  Register-Agent $Before
  if (Restart-Agent) { 'The agent of before runs again.' } else { 'The agent of before does not come up either.' }
}

function Install-Agent {
  $url = Get-Url
  $node = Get-HostNode
  $installed = Get-Installed
  $fresh = $null -eq $installed
  Assert-OwnFolders
  # What this run makes, and takes back when it fails.
  $absent = @(@($Folder, $Data) | Where-Object { -not (Test-Path -LiteralPath $_) })
  $lines = @()
  if (-not $fresh) { $lines = @(Get-Content -LiteralPath $Settings) }
  $release = $null
  try {
    Initialize-Folders
    Write-Settings $url
    $release = Save-Release $url
    Join-Cluster $node $release
    Register-Agent (Get-CommandLine $node $release)
    if (-not (Restart-Agent)) { throw 'The agent does not stay up, or its reports do not reach the API.' }
  }
  catch {
    if ($fresh) { Undo-Install $node $release $absent } else { Undo-Upgrade $installed.CommandLine $lines }
    throw
  }
  foreach ($each in @(Get-ChildItem -LiteralPath $Folder -Directory | Where-Object { $_.FullName -ne $release })) { Remove-Folder $each.FullName }
  'The agent runs, and has joined.'
  Invoke-Agent $node $release 'verify'
}

function Uninstall-Agent {
  $installed = Get-Installed
  if ($null -eq $installed) { throw 'There is no agent on this host.' }
  Assert-OwnFolders
  $how = @()
  if ($Force) { $how = @('--force') }
  # The directors let go of this host first: the agent that runs tells them.
  Invoke-Agent $installed.Node $installed.Release (@('leave') + $how)
  if ($LASTEXITCODE -ne 0 -and -not $Force) { throw 'Nothing was changed. With -Force the agent is removed all the same.' }
  Stop-Agent
  Invoke-Agent $installed.Node $installed.Release (@('release') + $how)
  if ($LASTEXITCODE -ne 0) {
    Start-Agent
    throw 'The agent did not let go of all that it holds. Nothing was removed, and it runs again.'
  }
  Remove-Files @($Folder, $Data)
  'Removed. Forget the node at the API: DELETE /v1/nodes/{id}'
}

$identity = [Security.Principal.WindowsPrincipal] [Security.Principal.WindowsIdentity]::GetCurrent()
if (-not $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
  throw 'Run this as an administrator.'
}
if ($PSVersionTable.PSVersion.Major -gt 5 -or -not [Environment]::Is64BitProcess) {
  throw 'Run this in Windows PowerShell of 64 bits: powershell.exe, not pwsh.exe, and not its x86 version.'
}
# Windows Server 2012 R2 speaks no TLS 1.2 unless it is told to.
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
if ($Uninstall) { Uninstall-Agent } else { Install-Agent }
