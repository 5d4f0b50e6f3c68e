# Homeward: observe
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

function Write-Answer($Answer) {
    $json = ConvertTo-Json -InputObject $Answer -Depth 5 -Compress
    $ascii = [regex]::Replace($json, '[^\x20-\x7e]', { param($found) '\u{0:x4}' -f [int][char]$found.Value })
    [Console]::Out.WriteLine($ascii)
}

try {
    $request = @($input) -join '' | ConvertFrom-Json
    $adapters = @(Get-NetAdapter | ForEach-Object {
        @{
            index = [int]$_.InterfaceIndex
            guid = [string]$_.InterfaceGuid
            name = [string]$_.Name
            loopback = [string]$_.ComponentID -eq '*msloop'
            mac = [string]$_.MacAddress
            up = [string]$_.Status -eq 'Up'
        }
    })
    $interfaces = @(Get-NetIPInterface | ForEach-Object {
        @{
            index = [int]$_.InterfaceIndex
            alias = [string]$_.InterfaceAlias
            family = [string]$_.AddressFamily
            mtu = [long]$_.NlMtu
            Dhcp = ConvertTo-Number $_.Dhcp
            DadTransmits = [long]$_.DadTransmits
            AutomaticMetric = ConvertTo-Number $_.AutomaticMetric
            InterfaceMetric = ConvertTo-Number $_.InterfaceMetric
            WeakHostReceive = ConvertTo-Number $_.WeakHostReceive
            WeakHostSend = ConvertTo-Number $_.WeakHostSend
        }
    })
    $addresses = @(Get-NetIPAddress | ForEach-Object {
        @{
            index = [int]$_.InterfaceIndex
            address = [string]$_.IPAddress
            prefixLength = [int]$_.PrefixLength
            usable = @('Preferred', 'Deprecated', '4', '3') -contains [string]$_.AddressState
            skipAsSource = [bool]$_.SkipAsSource
        }
    })
    $registrations = @(Get-DnsClient | ForEach-Object {
        @{ index = [int]$_.InterfaceIndex; registers = ConvertTo-Number $_.RegisterThisConnectionsAddress }
    })
    $gateways = @(Get-NetRoute | Where-Object { @('0.0.0.0/0', '::/0') -contains $_.DestinationPrefix } | ForEach-Object { [string]$_.NextHop })
    Write-Answer @{
        adapters = $adapters
        interfaces = $interfaces
        addresses = $addresses
        registrations = $registrations
        gateways = $gateways
        rules = @(Read-Rules)
    }
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
