# Homeward: add-addresses
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

function Add-Vip([int]$Index, [string]$Address, [int]$PrefixLength) {
    $there = @(Get-NetIPAddress | Where-Object { $_.IPAddress -eq $Address })
    $elsewhere = @($there | Where-Object { $_.InterfaceIndex -ne $Index })
    if ($elsewhere.Count -gt 0) { throw "$Address is an address of $($elsewhere[0].InterfaceAlias)." }
    if ($there.Count -eq 0) {
        New-NetIPAddress -InterfaceIndex $Index -IPAddress $Address -PrefixLength $PrefixLength -SkipAsSource $true | Out-Null
    }
    # Made and in use are two things: a search for duplicates may come in between.
    for ($look = 0; $look -lt 50; $look++) {
        $held = Get-NetIPAddress -InterfaceIndex $Index -IPAddress $Address -ErrorAction SilentlyContinue
        if ($null -ne $held -and @('Tentative', '1') -notcontains [string]$held.AddressState) { break }
        Start-Sleep -Milliseconds 100
    }
    if ($null -eq $held) { throw "$Address is not there after it was added." }
    if (@('Preferred', '4') -notcontains [string]$held.AddressState) { throw "$Address is $($held.AddressState) after it was added." }
    if ($held.PrefixLength -ne $PrefixLength) { throw "$Address is there as /$($held.PrefixLength)." }
    if (-not $held.SkipAsSource) { throw "$Address may be the source of what this host sends of itself." }
}

try {
    $request = @($input) -join '' | ConvertFrom-Json
    $adapter = Get-Loopback $request.guid
    $refused = @()
    foreach ($each in @($request.addresses)) {
        try { Add-Vip $adapter.InterfaceIndex $each.address $each.prefixLength } catch { $refused += "$($each.address): $($_.Exception.Message)" }
    }
    if ($refused.Count -gt 0) { throw ($refused -join ' ') }
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
