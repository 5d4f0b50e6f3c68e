# Homeward: remove-addresses
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

function Remove-Vip([int]$Index, [string]$Address) {
    Get-NetIPAddress | Where-Object { $_.InterfaceIndex -eq $Index -and $_.IPAddress -eq $Address } | Remove-NetIPAddress -Confirm:$false
    $left = @(Get-NetIPAddress | Where-Object { $_.InterfaceIndex -eq $Index -and $_.IPAddress -eq $Address })
    if ($left.Count -gt 0) { throw "$Address is still there after it was removed." }
}

try {
    $request = @($input) -join '' | ConvertFrom-Json
    $adapter = Get-Loopback $request.guid
    $refused = @()
    foreach ($each in @($request.addresses)) {
        try { Remove-Vip $adapter.InterfaceIndex $each.address } catch { $refused += "$($each.address): $($_.Exception.Message)" }
    }
    if ($refused.Count -gt 0) { throw ($refused -join ' ') }
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
