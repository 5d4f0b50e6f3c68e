# Homeward: set-dns-registration
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# Depending on the version of Windows, such values come as words or as numbers.
function ConvertTo-Number($Value) {
    switch ([string]$Value) {
        'Enabled' { return 1 }
        'Disabled' { return 0 }
        'True' { return 1 }
        'False' { return 0 }
    }
    return [long]$Value
}

# By the driver's identifier: names are people's to choose, and descriptions are translated.
function Get-LoopbackAdapters {
    Get-NetAdapter | Where-Object { $_.ComponentID -eq '*msloop' } | Sort-Object -Property InterfaceIndex
}

function Get-Loopback([string]$Guid) {
    $found = @(Get-LoopbackAdapters | Where-Object { $_.InterfaceGuid -eq $Guid })
    if ($found.Count -ne 1) { throw "There is no loopback adapter $Guid." }
    return $found[0]
}

function Read-DnsRegistration([int]$Index) {
    $client = Get-DnsClient -InterfaceIndex $Index
    return ConvertTo-Number $client.RegisterThisConnectionsAddress
}

function Write-DnsRegistration([int]$Index, [long]$Value) {
    Set-DnsClient -InterfaceIndex $Index -RegisterThisConnectionsAddress ($Value -eq 1)
    $found = Read-DnsRegistration $Index
    if ($found -ne $Value) { throw "DNS registration of interface $Index is $found after it was set to $Value." }
}

try {
    $request = @($input) -join '' | ConvertFrom-Json
    Write-DnsRegistration (Get-Loopback $request.guid).InterfaceIndex $request.value
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
