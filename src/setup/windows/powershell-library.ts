/**
 * The PowerShell that does and reads back, one function each, for PowerShell 4 (Windows Server 2012 R2) and later.
 * Everything here is constant: values reach these functions as arguments, and no text is ever put into the code.
 * The agent's scripts and the scripts for people are made of the same functions.
 */
import { code } from '../code-text.js';

/** Stops at the first error, and shows no progress bars, which would end up in the output. */
export const STRICT = code`$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'`;

export const CONVERT_TO_NUMBER = code`# Depending on the version of Windows, such values come as words or as numbers.
function ConvertTo-Number($Value) {
    switch ([string]$Value) {
        'Enabled' { return 1 }
        'Disabled' { return 0 }
        'True' { return 1 }
        'False' { return 0 }
    }
    return [long]$Value
}`;

export const CONVERT_TO_WORD = code`function ConvertTo-Word([long]$Value) {
    if ($Value -eq 1) { return 'Enabled' }
    return 'Disabled'
}`;

export const GET_LOOPBACK_ADAPTERS = code`# By the driver's identifier: names are people's to choose, and descriptions are translated.
function Get-LoopbackAdapters {
    Get-NetAdapter | Where-Object { $_.ComponentID -eq '*msloop' } | Sort-Object -Property InterfaceIndex
}`;

export const READ_INTERFACE_VALUE = code`function Read-InterfaceValue([int]$Index, [string]$Family, [string]$Property) {
    $interface = Get-NetIPInterface -InterfaceIndex $Index -AddressFamily $Family
    return ConvertTo-Number $interface.$Property
}`;

export const WRITE_INTERFACE_VALUE = code`function Write-InterfaceValue([int]$Index, [string]$Family, [string]$Property, [long]$Value) {
    switch ($Property) {
        'Dhcp' { Set-NetIPInterface -InterfaceIndex $Index -AddressFamily $Family -Dhcp (ConvertTo-Word $Value) }
        'DadTransmits' { Set-NetIPInterface -InterfaceIndex $Index -AddressFamily $Family -DadTransmits $Value }
        'AutomaticMetric' { Set-NetIPInterface -InterfaceIndex $Index -AddressFamily $Family -AutomaticMetric (ConvertTo-Word $Value) }
        'InterfaceMetric' { Set-NetIPInterface -InterfaceIndex $Index -AddressFamily $Family -InterfaceMetric $Value }
        'WeakHostReceive' { Set-NetIPInterface -InterfaceIndex $Index -AddressFamily $Family -WeakHostReceive (ConvertTo-Word $Value) }
        'WeakHostSend' { Set-NetIPInterface -InterfaceIndex $Index -AddressFamily $Family -WeakHostSend (ConvertTo-Word $Value) }
        default { throw "There is no setting $Property." }
    }
    $found = Read-InterfaceValue $Index $Family $Property
    if ($found -ne $Value) { throw "$Property of interface $Index ($Family) is $found after it was set to $Value." }
}`;

export const READ_DNS_REGISTRATION = code`function Read-DnsRegistration([int]$Index) {
    $client = Get-DnsClient -InterfaceIndex $Index
    return ConvertTo-Number $client.RegisterThisConnectionsAddress
}`;

export const WRITE_DNS_REGISTRATION = code`function Write-DnsRegistration([int]$Index, [long]$Value) {
    Set-DnsClient -InterfaceIndex $Index -RegisterThisConnectionsAddress ($Value -eq 1)
    $found = Read-DnsRegistration $Index
    if ($found -ne $Value) { throw "DNS registration of interface $Index is $found after it was set to $Value." }
}`;

export const RENAME_ADAPTER = code`function Rename-Adapter([int]$Index, [string]$Name) {
    Get-NetAdapter -InterfaceIndex $Index | Rename-NetAdapter -NewName $Name
    $found = (Get-NetAdapter -InterfaceIndex $Index).Name
    if ($found -ne $Name) { throw "The adapter is called $found after it was renamed to $Name." }
}`;

export const ADD_VIP = code`function Add-Vip([int]$Index, [string]$Address, [int]$PrefixLength) {
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
}`;

export const REMOVE_VIP = code`function Remove-Vip([int]$Index, [string]$Address) {
    Get-NetIPAddress | Where-Object { $_.InterfaceIndex -eq $Index -and $_.IPAddress -eq $Address } | Remove-NetIPAddress -Confirm:$false
    $left = @(Get-NetIPAddress | Where-Object { $_.InterfaceIndex -eq $Index -and $_.IPAddress -eq $Address })
    if ($left.Count -gt 0) { throw "$Address is still there after it was removed." }
}`;

/**
 * A rule and its filters have one identifier. All filters are read at once: asked for rule by rule, each costs a good
 * part of a second. A single address may come back with a mask of its whole length.
 */
export const READ_RULES = code`function ConvertTo-Door($Rule, $At, $To) {
    $allows = [string]$Rule.Action -eq 'Allow' -and [string]$Rule.Direction -eq 'Inbound'
    $everybody = [string]$Rule.Profile -eq 'Any' -and [string]$To.RemoteAddress -eq 'Any' -and [string]$At.RemotePort -eq 'Any'
    return @{
        name = [string]$Rule.Name
        admits = (ConvertTo-Number $Rule.Enabled) -eq 1 -and $allows -and $everybody
        protocol = ([string]$At.Protocol).ToLowerInvariant()
        ports = [string]$At.LocalPort
        address = [string]$To.LocalAddress -replace '^([0-9.]+)/(32|255\\.255\\.255\\.255)$', '$1' -replace '^([0-9a-f:]+)/128$', '$1'
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
}`;

export const OPEN_DOOR = code`function Open-Door([string]$Name, [string]$Address, [string]$Protocol, [string]$Ports) {
    Close-Door $Name
    New-NetFirewallRule -Name $Name -DisplayName $Name -Group 'Homeward' -Direction Inbound -Action Allow -Protocol $Protocol -LocalAddress $Address -LocalPort $Ports | Out-Null
    $rule = Get-NetFirewallRule -Name $Name
    $found = ConvertTo-Door $rule ($rule | Get-NetFirewallPortFilter) ($rule | Get-NetFirewallAddressFilter)
    if (-not $found.admits) { throw "The firewall rule $Name is not in force after it was made." }
    if ($found.ports -ne $Ports -or $found.protocol -ne $Protocol -or $found.address -ne $Address) {
        throw "The firewall rule $Name is not as it was made."
    }
}`;

export const CLOSE_DOOR = code`function Close-Door([string]$Name) {
    Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue | Where-Object { $_.Group -eq 'Homeward' } | Remove-NetFirewallRule
    $left = @(Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue)
    if ($left.Count -gt 0) { throw "The firewall rule $Name is still there after it was removed." }
}`;
