# Homeward: observe-filters
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

function Write-Answer($Answer) {
    $json = ConvertTo-Json -InputObject $Answer -Depth 5 -Compress
    $ascii = [regex]::Replace($json, '[^\x20-\x7e]', { param($found) '\u{0:x4}' -f [int][char]$found.Value })
    [Console]::Out.WriteLine($ascii)
}

try {
    $request = @($input) -join '' | ConvertFrom-Json
    $profiles = @(Get-NetFirewallProfile -PolicyStore ActiveStore | ForEach-Object {
        @{
            name = [string]$_.Name
            enabled = [string]$_.Enabled
            defaultInbound = [string]$_.DefaultInboundAction
            allowInbound = [string]$_.AllowInboundRules
            allowLocal = [string]$_.AllowLocalFirewallRules
        }
    })
    $rules = @(Get-NetFirewallRule -PolicyStore ActiveStore -Enabled True -Direction Inbound -TracePolicyStore)
    $doors = @($rules | Where-Object { $_.Group -eq 'Homeward' -and [string]$_.Action -eq 'Allow' } | ForEach-Object { [string]$_.Name })
    # Those that come with Windows are about its own services.
    $blocking = @($rules | Where-Object { @('Block', '4') -contains [string]$_.Action -and @('Hardcoded', '5') -notcontains [string]$_.PolicyStoreSourceType })
    $blocks = @($blocking | Select-Object -First 50 | ForEach-Object {
        $at = $_ | Get-NetFirewallPortFilter
        $to = $_ | Get-NetFirewallAddressFilter
        $narrowed = @(
            [string]$_.Profile
            [string]$at.RemotePort
            [string]$to.RemoteAddress
            [string]($_ | Get-NetFirewallApplicationFilter).Program
            [string]($_ | Get-NetFirewallServiceFilter).Service
            [string]($_ | Get-NetFirewallInterfaceFilter).InterfaceAlias
            [string]($_ | Get-NetFirewallInterfaceTypeFilter).InterfaceType
        )
        @{
            name = [string]$_.DisplayName
            protocol = [string]$at.Protocol
            ports = [string]$at.LocalPort
            address = [string]$to.LocalAddress
            narrowed = $narrowed
        }
    })
    $forwarding = @(Get-NetIPInterface | ForEach-Object { @{ family = [string]$_.AddressFamily; forwards = ConvertTo-Number $_.Forwarding } })
    Write-Answer @{
        profiles = $profiles
        doors = $doors
        blocks = $blocks
        more = $blocking.Count -gt 50
        forwarding = $forwarding
    }
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
