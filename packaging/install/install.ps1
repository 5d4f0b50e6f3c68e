<#
.SYNOPSIS
Installs, upgrades or removes the Homeward agent of this real server.

.DESCRIPTION
Made to be run from one line:

  $env:HOMEWARD_JOIN_TOKEN = 'hwj_...'; & ([scriptblock]::Create((irm 'http://API/install.ps1'))) -ApiUrl 'http://API'

Run again, it upgrades in place. With -Uninstall it leaves the host as it was, also without the API; a copy lies beside
the agent. The agent runs as a scheduled task of SYSTEM that starts with Windows, for a service would need a program
that Windows does not have. Arguments have a fixed form, and every file has the checksum that the API gave it.
#>
param(
  [ValidatePattern('^(https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?)?$')]
  [string] $ApiUrl = '',
  [switch] $Uninstall
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# Not an argument, which other users could read; and gone from the shell of whoever runs this, whatever happens next.
$JoinToken = [string] $env:HOMEWARD_JOIN_TOKEN
$env:HOMEWARD_JOIN_TOKEN = $null
if ($JoinToken -notmatch '^(hwj_[A-Za-z0-9_-]{43})?$') { throw 'HOMEWARD_JOIN_TOKEN is not a join token (hwj_ and 43 characters).' }

$Task = 'Homeward agent'
$Folder = Join-Path $env:ProgramFiles 'Homeward'
$Data = Join-Path $env:ProgramData 'Homeward'
$State = Join-Path $Data 'state'
$Settings = Join-Path $Data 'agent.env'
$Agent = 'homeward-agent.cjs'
# As on Linux: code that is compiled to run faster costs a waiting agent memory and saves it no time.
$Frugal = '--jitless --max-semi-space-size=1'
# A new agent must stay up for this long, or the one before it comes back.
$SettleSeconds = 5

function Get-HostNode {
  $found = Get-Command -Name node.exe -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
  if ($null -ne $found) {
    & $found.Path -e 'const [a, b] = process.versions.node.split(`.`); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
    if ($LASTEXITCODE -eq 0) { return $found.Path }
  }
  throw 'Homeward needs Node.js 20.19 or later for all users (https://nodejs.org). Install it, open a new window, and run this again.'
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

# Only SYSTEM and administrators read what is below: S-1-5-18 and S-1-5-32-544 in every language of Windows.
function Protect-Folder($Path) {
  New-Item -ItemType Directory -Force -Path $Path | Out-Null
  & icacls.exe $Path /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
  if ($LASTEXITCODE -ne 0) { throw "The folder $Path cannot be kept from other users." }
}

# Resolves to the folder of the release, which has the name of what is in it.
function Save-Release($Url) {
  $sums = (Invoke-WebRequest -UseBasicParsing -Uri "$Url/install/SHA256SUMS").Content -split "`n"
  $staging = Join-Path $Folder 'staging'
  if (Test-Path -LiteralPath $staging) { Remove-Item -LiteralPath $staging -Recurse -Force }
  New-Item -ItemType Directory -Force -Path $staging | Out-Null
  foreach ($name in @($Agent, 'install.ps1', 'NOTICES.txt')) { Save-Checked $Url $name $staging $sums }
  $id = (Get-FileHash -LiteralPath (Join-Path $staging $Agent) -Algorithm SHA256).Hash.Substring(0, 16).ToLowerInvariant()
  $release = Join-Path $Folder $id
  if (Test-Path -LiteralPath $release) { Remove-Item -LiteralPath $staging -Recurse -Force }
  else { Move-Item -LiteralPath $staging -Destination $release }
  return $release
}

function Invoke-Agent($Node, $Release, $Command) {
  & $Node "--env-file=$Settings" (Join-Path $Release $Agent) agent $Command
}

function Join-Cluster($Node, $Release) {
  if (Test-Path -LiteralPath (Join-Path $State 'identity.json')) { return }
  if ($JoinToken -eq '') { throw 'This host has not joined yet: set HOMEWARD_JOIN_TOKEN.' }
  # In the environment, where other users do not see it, and for this one command.
  $env:HOMEWARD_JOIN_TOKEN = $JoinToken
  try { Invoke-Agent $Node $Release 'join' } finally { $env:HOMEWARD_JOIN_TOKEN = $null }
  if ($LASTEXITCODE -ne 0) { throw 'This host could not join.' }
}

function Register-Agent($Node, $Release) {
  $argument = '{0} "--env-file={1}" "{2}" agent run' -f $Frugal, $Settings, (Join-Path $Release $Agent)
  $action = New-ScheduledTaskAction -Execute $Node -Argument $argument -WorkingDirectory $Data
  $trigger = New-ScheduledTaskTrigger -AtStartup
  $principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
  $options = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -RestartCount 999 -RestartInterval ([TimeSpan]::FromMinutes(1)) `
    -MultipleInstances IgnoreNew -StartWhenAvailable
  Register-ScheduledTask -TaskName $Task -Action $action -Trigger $trigger -Principal $principal -Settings $options -Force | Out-Null
}

function Test-Registered {
  return $null -ne (Get-ScheduledTask -TaskName $Task -ErrorAction SilentlyContinue)
}

function Restart-Agent {
  Stop-ScheduledTask -TaskName $Task
  Start-ScheduledTask -TaskName $Task
  Start-Sleep -Seconds $SettleSeconds
  return (Get-ScheduledTask -TaskName $Task).State -eq 'Running'
}

function Remove-Files {
  if (Test-Registered) {
    Stop-ScheduledTask -TaskName $Task
    Unregister-ScheduledTask -TaskName $Task -Confirm:$false
  }
  foreach ($path in @($Folder, $Data)) {
    if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -Recurse -Force }
  }
}

function Install-Agent {
  $url = Get-Url
  $node = Get-HostNode
  $fresh = -not (Test-Registered)
  $before = $null
  if (-not $fresh) { $before = Export-ScheduledTask -TaskName $Task }
  try {
    Protect-Folder $Data
    Protect-Folder $State
    Set-Content -LiteralPath $Settings -Encoding Ascii -Value @("HOMEWARD_API_URL=$url", "HOMEWARD_STATE_DIR=$State")
    $release = Save-Release $url
    Join-Cluster $node $release
    Register-Agent $node $release
    if (-not (Restart-Agent)) { throw 'The agent does not stay up.' }
  }
  catch {
    if ($fresh) { Remove-Files }
    else {
      Register-ScheduledTask -TaskName $Task -Xml $before -Force | Out-Null
      Restart-Agent | Out-Null
    }
    throw
  }
  Get-ChildItem -LiteralPath $Folder -Directory | Where-Object { $_.FullName -ne $release } | Remove-Item -Recurse -Force
  'The agent runs, and has joined.'
  Invoke-Agent $node $release 'verify'
}

function Uninstall-Agent {
  $installed = Get-ChildItem -LiteralPath $Folder -Directory -ErrorAction SilentlyContinue | Select-Object -First 1
  if ($null -eq $installed) { throw 'There is no agent on this host.' }
  $node = Get-HostNode
  Stop-ScheduledTask -TaskName $Task
  Invoke-Agent $node $installed.FullName 'release'
  if ($LASTEXITCODE -ne 0) {
    Start-ScheduledTask -TaskName $Task
    throw 'The agent could not let go of all that it holds. Nothing was removed, and it runs again.'
  }
  Remove-Files
  'Removed. Forget the node at the API: DELETE /v1/nodes/{id}'
}

$identity = [Security.Principal.WindowsPrincipal] [Security.Principal.WindowsIdentity]::GetCurrent()
if (-not $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
  throw 'Run this as an administrator.'
}
# Windows Server 2012 R2 speaks no TLS 1.2 unless it is told to.
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
if ($Uninstall) { Uninstall-Agent } else { Install-Agent }
