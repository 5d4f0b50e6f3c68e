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

function ConvertTo-Door($Rule, $At, $To) {
    $allows = [string]$Rule.Action -eq 'Allow' -and [string]$Rule.Direction -eq 'Inbound'
    $everybody = [string]$Rule.Profile -eq 'Any' -and [string]$To.RemoteAddress -eq 'Any' -and [string]$At.RemotePort -eq 'Any'
    return @{
        name = [string]$Rule.Name
        admits = (ConvertTo-Number $Rule.Enabled) -eq 1 -and $allows -and $everybody
        protocol = ([string]$At.Protocol).ToLowerInvariant()
        ports = [string]$At.LocalPort
        address = [string]$To.LocalAddress -replace '^([0-9.]+)/(32|255\.255\.255\.255)$', '$1' -replace '^([0-9a-f:]+)/128$', '$1'
    }
}

# To find nothing is an error to these commands, and none to us.
function Read-Rules {
    $rules = @(Get-NetFirewallRule -Group 'Homeward' -ErrorAction SilentlyContinue)
    if ($rules.Count -eq 0) { return }
    $ports = @{}
    Get-NetFirewallPortFilter | ForEach-Object { $ports[[string]$_.InstanceID] = $_ }
    $addresses = @{}
    Get-NetFirewallAddressFilter | ForEach-Object { $addresses[[string]$_.InstanceID] = $_ }
    foreach ($rule in $rules) { ConvertTo-Door $rule ($ports[[string]$rule.InstanceID]) ($addresses[[string]$rule.InstanceID]) }
}

function Close-Door([string]$Name) {
    Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue | Where-Object { $_.Group -eq 'Homeward' } | Remove-NetFirewallRule
    $left = @(Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue)
    if ($left.Count -gt 0) { throw "The firewall rule $Name is still there after it was removed." }
}

function Open-Door([string]$Name, [string]$Address, [string]$Protocol, [string]$Ports) {
    Close-Door $Name
    New-NetFirewallRule -Name $Name -DisplayName $Name -Group 'Homeward' -Direction Inbound -Action Allow -Protocol $Protocol -LocalAddress $Address -LocalPort $Ports | Out-Null
    $rule = Get-NetFirewallRule -Name $Name
    $found = ConvertTo-Door $rule ($rule | Get-NetFirewallPortFilter) ($rule | Get-NetFirewallAddressFilter)
    if (-not $found.admits) { throw "The firewall rule $Name is not in force after it was made." }
    if ($found.ports -ne $Ports -or $found.protocol -ne $Protocol -or $found.address -ne $Address) {
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
