# Homeward: rename-adapter
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# By the driver's identifier: names are people's to choose, and descriptions are translated.
function Get-LoopbackAdapters {
    Get-NetAdapter | Where-Object { $_.ComponentID -eq '*msloop' } | Sort-Object -Property InterfaceIndex
}

function Get-Loopback([string]$Guid) {
    $found = @(Get-LoopbackAdapters | Where-Object { $_.InterfaceGuid -eq $Guid })
    if ($found.Count -ne 1) { throw "There is no loopback adapter $Guid." }
    return $found[0]
}

function Rename-Adapter([int]$Index, [string]$Name) {
    Get-NetAdapter -InterfaceIndex $Index | Rename-NetAdapter -NewName $Name
    $found = (Get-NetAdapter -InterfaceIndex $Index).Name
    if ($found -ne $Name) { throw "The adapter is called $found after it was renamed to $Name." }
}

try {
    $request = @($input) -join '' | ConvertFrom-Json
    Rename-Adapter (Get-Loopback $request.guid).InterfaceIndex $request.name
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
