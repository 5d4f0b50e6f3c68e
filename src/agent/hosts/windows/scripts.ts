/**
 * The scripts that the agent runs on Windows. There are these and no others, each of them constant: what differs from
 * call to call comes as one line of JSON on standard input, and the answer is one line of JSON. Both are ASCII, so that
 * no code page of the console can change them.
 */
import {
  INSTALL_LOOPBACK_ADAPTER,
  UNINSTALL_LOOPBACK_ADAPTER,
} from '../../../setup/windows/loopback-device.js';
import {
  ADD_VIP,
  CLOSE_DOOR,
  CONVERT_TO_NUMBER,
  CONVERT_TO_WORD,
  GET_LOOPBACK_ADAPTERS,
  OPEN_DOOR,
  READ_DNS_REGISTRATION,
  READ_INTERFACE_VALUE,
  READ_RULES,
  REMOVE_VIP,
  RENAME_ADAPTER,
  STRICT,
  WRITE_DNS_REGISTRATION,
  WRITE_INTERFACE_VALUE,
} from '../../../setup/windows/powershell-library.js';

/** powershell.exe itself reads the redirected standard input, and hands it to -Command line by line. */
const REQUEST = `$request = @($input) -join '' | ConvertFrom-Json`;

const WRITE_ANSWER = `function Write-Answer($Answer) {
    $json = ConvertTo-Json -InputObject $Answer -Depth 5 -Compress
    $ascii = [regex]::Replace($json, '[^\\x20-\\x7e]', { param($found) '\\u{0:x4}' -f [int][char]$found.Value })
    [Console]::Out.WriteLine($ascii)
}`;

/** No address gets onto an adapter that is on a network: whatever asks for it, this is looked up in the same breath. */
const GET_LOOPBACK = `function Get-Loopback([string]$Guid) {
    $found = @(Get-LoopbackAdapters | Where-Object { $_.InterfaceGuid -eq $Guid })
    if ($found.Count -ne 1) { throw "There is no loopback adapter $Guid." }
    return $found[0]
}`;

const GET_INDEX = `function Get-Index([string]$Guid) {
    $found = @(Get-NetAdapter | Where-Object { $_.InterfaceGuid -eq $Guid })
    if ($found.Count -ne 1) { throw "There is no network adapter $Guid." }
    return $found[0].InterfaceIndex
}`;

const OBSERVE = `$adapters = @(Get-NetAdapter | ForEach-Object {
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
}`;

/** As the policies together make them. Rules that block are few; of very many, as some programs make, no more are read. */
const OBSERVE_FILTERS = `$profiles = @(Get-NetFirewallProfile -PolicyStore ActiveStore | ForEach-Object {
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
}`;

const SCRIPTS = {
  observe: script('observe', [CONVERT_TO_NUMBER, READ_RULES, WRITE_ANSWER], OBSERVE),
  'observe-filters': script('observe-filters', [CONVERT_TO_NUMBER, WRITE_ANSWER], OBSERVE_FILTERS),
  'install-adapter': script(
    'install-adapter',
    [GET_LOOPBACK_ADAPTERS, INSTALL_LOOPBACK_ADAPTER],
    `if (@(Get-LoopbackAdapters).Count -eq 0) { Install-LoopbackAdapter | Out-Null }`,
  ),
  'uninstall-adapter': script(
    'uninstall-adapter',
    [GET_LOOPBACK_ADAPTERS, GET_LOOPBACK, UNINSTALL_LOOPBACK_ADAPTER],
    `Uninstall-LoopbackAdapter (Get-Loopback $request.guid)`,
  ),
  'rename-adapter': script(
    'rename-adapter',
    [GET_LOOPBACK_ADAPTERS, GET_LOOPBACK, RENAME_ADAPTER],
    `Rename-Adapter (Get-Loopback $request.guid).InterfaceIndex $request.name`,
  ),
  'set-dns-registration': script(
    'set-dns-registration',
    [CONVERT_TO_NUMBER, GET_LOOPBACK_ADAPTERS, GET_LOOPBACK, READ_DNS_REGISTRATION, WRITE_DNS_REGISTRATION],
    `Write-DnsRegistration (Get-Loopback $request.guid).InterfaceIndex $request.value`,
  ),
  'set-interfaces': script(
    'set-interfaces',
    [CONVERT_TO_NUMBER, CONVERT_TO_WORD, GET_INDEX, READ_INTERFACE_VALUE, WRITE_INTERFACE_VALUE],
    `foreach ($change in @($request.changes)) {
    Write-InterfaceValue (Get-Index $change.guid) $change.family $change.property $change.value
}`,
  ),
  'add-addresses': script(
    'add-addresses',
    [GET_LOOPBACK_ADAPTERS, GET_LOOPBACK, ADD_VIP],
    forEachAddress(`Add-Vip $adapter.InterfaceIndex $each.address $each.prefixLength`),
  ),
  'remove-addresses': script(
    'remove-addresses',
    [GET_LOOPBACK_ADAPTERS, GET_LOOPBACK, REMOVE_VIP],
    forEachAddress(`Remove-Vip $adapter.InterfaceIndex $each.address`),
  ),
  'set-doors': script(
    'set-doors',
    [CONVERT_TO_NUMBER, READ_RULES, CLOSE_DOOR, OPEN_DOOR],
    `foreach ($name in @($request.close)) { Close-Door $name }
foreach ($rule in @($request.open)) { Open-Door $rule.name $rule.address $rule.protocol $rule.ports }`,
  ),
} as const;

export type ScriptName = keyof typeof SCRIPTS;

export const SCRIPT_NAMES = Object.keys(SCRIPTS) as readonly ScriptName[];

export function scriptText(name: ScriptName): string {
  return SCRIPTS[name];
}

/** An error leaves by standard error and an exit code; the console would wrap and colour it. */
function script(name: string, functions: readonly string[], body: string): string {
  return `# Homeward: ${name}
${STRICT}

${functions.join('\n\n')}

try {
${indented(`${REQUEST}\n${body}`)}
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
`;
}

/** Does as many as it can; what was refused is told at the end. */
function forEachAddress(action: string): string {
  return `$adapter = Get-Loopback $request.guid
$refused = @()
foreach ($each in @($request.addresses)) {
    try { ${action} } catch { $refused += "$($each.address): $($_.Exception.Message)" }
}
if ($refused.Count -gt 0) { throw ($refused -join ' ') }`;
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}
