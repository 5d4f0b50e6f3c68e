# Homeward: set-doors
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

# To find nothing is an error to these commands, and none to us.
function Read-Rules {
    Get-NetFirewallRule -Group 'Homeward' -ErrorAction SilentlyContinue | ForEach-Object {
        $ports = $_ | Get-NetFirewallPortFilter
        $addresses = $_ | Get-NetFirewallAddressFilter
        @{
            name = [string]$_.Name
            admits = (ConvertTo-Number $_.Enabled) -eq 1 -and [string]$_.Action -eq 'Allow' -and [string]$_.Direction -eq 'Inbound'
            protocol = ([string]$ports.Protocol).ToLowerInvariant()
            ports = [string]$ports.LocalPort
            address = [string]$addresses.LocalAddress
        }
    }
}

function Close-Door([string]$Name) {
    Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue | Where-Object { $_.Group -eq 'Homeward' } | Remove-NetFirewallRule
    $left = @(Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue)
    if ($left.Count -gt 0) { throw "The firewall rule $Name is still there after it was removed." }
}

function Open-Door([string]$Name, [string]$Address, [string]$Protocol, [string]$Ports) {
    Close-Door $Name
    New-NetFirewallRule -Name $Name -DisplayName $Name -Group 'Homeward' -Direction Inbound -Action Allow -Protocol $Protocol -LocalAddress $Address -LocalPort $Ports | Out-Null
    $found = @(Read-Rules | Where-Object { $_.name -eq $Name })
    if ($found.Count -ne 1 -or -not $found[0].admits) { throw "The firewall rule $Name is not in force after it was made." }
    if ($found[0].ports -ne $Ports -or $found[0].protocol -ne $Protocol -or $found[0].address -ne $Address) {
        throw "The firewall rule $Name is not as it was made."
    }
}

try {
    $request = @($input) -join '' | ConvertFrom-Json
    foreach ($name in @($request.close)) { Close-Door $name }
    foreach ($rule in @($request.open)) { Open-Door $rule.name $rule.address $rule.protocol $rule.ports }
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
