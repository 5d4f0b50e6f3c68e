# Homeward: 192.0.2.200 on a Windows real server, verify.
# This changes nothing; shows each setting, and ends with 1 where one is wrong.
# Windows Server 2012 R2 to 2025; run it in PowerShell as an administrator.

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

function Get-ChosenAdapter {
    $adapters = @(Get-LoopbackAdapters)
    $named = @($adapters | Where-Object { $_.Name -eq 'homeward' })
    return @($named + $adapters)[0]
}

function Get-AdaptersAt([string]$Place) {
    if ($Place -eq 'loopback') { return Get-ChosenAdapter }
    return Get-NetAdapter | Where-Object { $_.ComponentID -ne '*msloop' }
}

# An adapter may lack an address family; then there is nothing to set.
function Test-Family($Adapter, [string]$Family) {
    $found = @(Get-NetIPInterface | Where-Object { $_.InterfaceIndex -eq $Adapter.InterfaceIndex -and $_.AddressFamily -eq $Family })
    return $found.Count -gt 0
}

function Read-InterfaceValue([int]$Index, [string]$Family, [string]$Property) {
    $interface = Get-NetIPInterface -InterfaceIndex $Index -AddressFamily $Family
    return ConvertTo-Number $interface.$Property
}

function Read-DnsRegistration([int]$Index) {
    $client = Get-DnsClient -InterfaceIndex $Index
    return ConvertTo-Number $client.RegisterThisConnectionsAddress
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

$script:wrong = 0

function Show-Setting([string]$Name, [string]$Wanted, [string]$Found) {
    $verdict = 'ok   '
    if ($Found -ne $Wanted) { $verdict = 'WRONG'; $script:wrong++ }
    Write-Output "$verdict  $($Name): wanted $Wanted, found $Found"
}

function Show-Adapter {
    Show-Setting 'loopback-adapter' 'one' $(if ($null -eq (Get-ChosenAdapter)) { 'none' } else { 'one' })
}

function Show-AdapterName {
    Show-Setting 'loopback-name' 'homeward' ([string](Get-ChosenAdapter).Name)
}

function Show-Registration {
    $adapter = Get-ChosenAdapter
    $found = if ($null -eq $adapter) { 'no adapter' } else { Read-DnsRegistration $adapter.InterfaceIndex }
    Show-Setting 'loopback-dns-registration' '0' ([string]$found)
}

function Show-AtPlace([string]$Name, [string]$Place, [string]$Family, [string]$Property, [long]$Wanted) {
    foreach ($adapter in @(Get-AdaptersAt $Place)) {
        if ($null -eq $adapter) { Show-Setting $Name ([string]$Wanted) 'no adapter'; continue }
        if (-not (Test-Family $adapter $Family)) { continue }
        Show-Setting "$Name of $($adapter.Name)" ([string]$Wanted) ([string](Read-InterfaceValue $adapter.InterfaceIndex $Family $Property))
    }
}

function Show-Door([string]$Name, [string]$Address, [string]$Protocol, [string]$Ports) {
    $rule = @(Read-Rules | Where-Object { $_.name -eq $Name })[0]
    $found = 'no rule'
    if ($null -ne $rule) { $found = "$($rule.protocol) $($rule.ports) to $($rule.address)" }
    if ($null -ne $rule -and -not $rule.admits) { $found = 'a rule that lets nothing in' }
    Show-Setting $Name "$Protocol $Ports to $Address" $found
}

function Show-Vip([string]$Address, [int]$PrefixLength) {
    $adapter = Get-ChosenAdapter
    $places = @(Get-NetIPAddress | Where-Object { $_.IPAddress -eq $Address } | ForEach-Object {
        $where = $_.InterfaceAlias
        if ($null -ne $adapter -and $_.InterfaceIndex -eq $adapter.InterfaceIndex) { $where = 'the loopback adapter' }
        $source = if ($_.SkipAsSource) { 'never a source' } else { 'may be a source' }
        "/$($_.PrefixLength) on $where, $source"
    })
    if ($places.Count -eq 0) { $places = @('nowhere') }
    Show-Setting "vip $Address" "/$PrefixLength on the loopback adapter, never a source" ($places -join ' and ')
}

Show-Adapter
Show-AdapterName
Show-Registration
Show-AtPlace loopback-ipv4-dhcp loopback IPv4 Dhcp 0
Show-AtPlace loopback-ipv4-dad-transmits loopback IPv4 DadTransmits 0
Show-AtPlace loopback-ipv6-dad-transmits loopback IPv6 DadTransmits 0
Show-AtPlace loopback-ipv4-automatic-metric loopback IPv4 AutomaticMetric 0
Show-AtPlace loopback-ipv4-interface-metric loopback IPv4 InterfaceMetric 254
Show-AtPlace loopback-ipv6-automatic-metric loopback IPv6 AutomaticMetric 0
Show-AtPlace loopback-ipv6-interface-metric loopback IPv6 InterfaceMetric 254
Show-AtPlace network-ipv4-weak-host-receive network IPv4 WeakHostReceive 1
Show-AtPlace loopback-ipv4-weak-host-receive loopback IPv4 WeakHostReceive 1
Show-AtPlace loopback-ipv4-weak-host-send loopback IPv4 WeakHostSend 1
Show-AtPlace network-ipv6-weak-host-receive network IPv6 WeakHostReceive 1
Show-AtPlace loopback-ipv6-weak-host-receive loopback IPv6 WeakHostReceive 1
Show-AtPlace loopback-ipv6-weak-host-send loopback IPv6 WeakHostSend 1
Show-Door Homeward-192.0.2.200-tcp-443 '192.0.2.200' tcp 443
Show-Door Homeward-192.0.2.200-udp-8000-8010 '192.0.2.200' udp 8000-8010
Show-Vip '192.0.2.200' 32
if ($script:wrong -gt 0) { exit 1 }
