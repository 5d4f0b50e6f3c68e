/**
 * The commands that Homeward's scripts may use, with the parameter sets that they have in PowerShell 4 and Windows Server
 * 2012 R2, in the notation of Microsoft's reference of those versions: `-Name <>` is required, `[-Name <>]` is not,
 * `[-Name]` takes no value, `[-Name] <>` may be given by its place; values that are named are all that there are. Only
 * parameters that are used or required are here. A command, set or parameter that is not in here has to be looked up
 * first.
 */
const STORED = '[-PolicyStore <>]';
const FILTERS_OF_RULES = [`[-All] ${STORED}`, `-AssociatedNetFirewallRule <> ${STORED}`];
const SWITCHED = '<Disabled|Enabled>';
const FAMILY = '[-AddressFamily <IPv4|IPv6>]';
const INTERFACE = [
  `[-InterfaceMetric <>] [-DadTransmits <>] [-Dhcp ${SWITCHED}] [-AutomaticMetric ${SWITCHED}]`,
  `[-WeakHostSend ${SWITCHED}] [-WeakHostReceive ${SWITCHED}] [-Forwarding ${SWITCHED}]`,
].join(' ');
const RULE = [
  '[-Group <>] [-Enabled <True|False>] [-Direction <Inbound|Outbound>]',
  `[-Action <NotConfigured|Allow|Block>] ${STORED}`,
].join(' ');

/** Every command takes them. */
export const COMMON_PARAMETERS = '[-ErrorAction <Stop|SilentlyContinue|Continue>]';

export const POWERSHELL_4_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'Add-Type': ['[-TypeDefinition] <>'],
  'ConvertFrom-Json': ['[-InputObject] <>'],
  'ConvertTo-Json': ['[-InputObject] <> [-Depth <>] [-Compress]'],
  'ForEach-Object': ['[-Process] <>'],
  'Get-Acl': ['[[-Path] <>]', '[-LiteralPath <>]'],
  'Get-ChildItem': ['[[-Path] <>] [-Force] [-Directory]', '-LiteralPath <> [-Force] [-Directory]'],
  'Get-CimInstance': ['[-ClassName] <> [-Filter <>]', '[-InputObject] <>', '-Query <>'],
  'Get-Command': ['[[-Name] <>] [-CommandType <>] [-All]'],
  'Get-Content': ['[-Path] <> [-Raw]', '-LiteralPath <> [-Raw]'],
  'Get-DnsClient': ['[-InterfaceIndex <>] [[-InterfaceAlias] <>] [-RegisterThisConnectionsAddress <>]'],
  'Get-FileHash': [
    '[-Path] <> [-Algorithm <SHA1|SHA256|SHA384|SHA512|MACTripleDES|MD5|RIPEMD160>]',
    '-LiteralPath <> [-Algorithm <SHA1|SHA256|SHA384|SHA512|MACTripleDES|MD5|RIPEMD160>]',
  ],
  'Get-Item': ['[-Path] <> [-Force]', '-LiteralPath <> [-Force]'],
  'Get-NetAdapter': ['[[-Name] <>]', '-InterfaceDescription <>', '-InterfaceIndex <>'],
  'Get-NetFirewallAddressFilter': FILTERS_OF_RULES,
  'Get-NetFirewallApplicationFilter': FILTERS_OF_RULES,
  'Get-NetFirewallInterfaceFilter': FILTERS_OF_RULES,
  'Get-NetFirewallInterfaceTypeFilter': FILTERS_OF_RULES,
  'Get-NetFirewallPortFilter': FILTERS_OF_RULES,
  'Get-NetFirewallProfile': [`[-All] ${STORED}`, `[-Name] <> ${STORED}`],
  'Get-NetFirewallRule': [
    `[-All] ${STORED} [-TracePolicyStore]`,
    `[-Name] <> ${STORED} [-TracePolicyStore]`,
    `-DisplayName <> ${STORED} [-TracePolicyStore]`,
    `${RULE} [-TracePolicyStore]`,
  ],
  'Get-NetFirewallServiceFilter': FILTERS_OF_RULES,
  'Get-NetIPAddress': [`[[-IPAddress] <>] [-InterfaceIndex <>] ${FAMILY} ${STORED}`],
  'Get-NetIPInterface': [`[-InterfaceIndex <>] [[-InterfaceAlias] <>] ${FAMILY} ${INTERFACE} ${STORED}`],
  'Get-NetRoute': [`[[-DestinationPrefix] <>] [-InterfaceIndex <>] ${FAMILY} ${STORED}`],
  'Get-Service': ['[[-Name] <>]', '-DisplayName <>', '[-InputObject <>]'],
  'Invoke-CimMethod': [
    '[-ClassName] <> [[-Arguments] <>] [-MethodName] <>',
    '[-InputObject] <> [[-Arguments] <>] [-MethodName] <>',
  ],
  'Invoke-WebRequest': ['[-UseBasicParsing] [-Uri] <> [-OutFile <>]'],
  'Join-Path': ['[-Path] <> [-ChildPath] <>'],
  'Move-Item': ['[-Path] <> [[-Destination] <>] [-Force]', '-LiteralPath <> [[-Destination] <>] [-Force]'],
  'New-Item': ['[-Path] <> [-ItemType <>] [-Force]', '[[-Path] <>] -Name <> [-ItemType <>] [-Force]'],
  'New-NetFirewallRule': [
    `[-Name <>] -DisplayName <> ${RULE} [-LocalAddress <>] [-Protocol <>] [-LocalPort <>]`,
  ],
  'New-NetIPAddress': [
    '[-IPAddress] <> -InterfaceAlias <> [-PrefixLength <>] [-SkipAsSource <>]',
    '[-IPAddress] <> [-PrefixLength <>] [-SkipAsSource <>] -InterfaceIndex <>',
  ],
  'New-Object': ['[-TypeName] <> [[-ArgumentList] <>]', '[-ComObject] <>'],
  'New-Service': [
    '[-Name] <> [-BinaryPathName] <> [-DisplayName <>] [-Description <>] [-StartupType <Automatic|Manual|Disabled>] [-DependsOn <>]',
  ],
  'Out-Null': ['[-InputObject <>]'],
  'Remove-Item': ['[-Path] <> [-Recurse] [-Force]', '-LiteralPath <> [-Recurse] [-Force]'],
  'Remove-NetFirewallRule': ['[-Name] <>', '-DisplayName <>', '-InputObject <>'],
  'Remove-NetIPAddress': ['[[-IPAddress] <>] [-InterfaceIndex <>] [-Confirm]', '-InputObject <> [-Confirm]'],
  'Rename-NetAdapter': ['[-Name] <> [-NewName] <>', '-InputObject <> [-NewName] <>'],
  'Select-Object': ['[-InputObject <>] [[-Property] <>] [-First <>]'],
  'Set-Acl': ['[-Path] <> [-AclObject] <>', '-LiteralPath <> [-AclObject] <>'],
  'Set-Content': [
    '[-Path] <> [-Value] <> [-Encoding <UTF8|Ascii>]',
    '[-Value] <> -LiteralPath <> [-Encoding <UTF8|Ascii>]',
  ],
  'Set-DnsClient': [
    '[-InterfaceAlias] <> [-RegisterThisConnectionsAddress <>]',
    '-InterfaceIndex <> [-RegisterThisConnectionsAddress <>]',
  ],
  'Set-NetIPInterface': [
    `[-InterfaceIndex <>] [[-InterfaceAlias] <>] ${FAMILY} ${INTERFACE} ${STORED}`,
    `-InputObject <> ${INTERFACE}`,
  ],
  'Set-Service': ['[-Name] <> [-StartupType <Automatic|Boot|Disabled|Manual|System>]'],
  'Set-StrictMode': ['-Version <>', '-Off'],
  'Sort-Object': ['[[-Property] <>]'],
  'Start-Service': ['[-Name] <>', '-DisplayName <>'],
  'Start-Sleep': ['[-Seconds] <>', '-Milliseconds <>'],
  'Stop-Service': ['[-Force] [-Name] <>', '[-Force] -DisplayName <>'],
  'Test-Path': ['[-Path] <>', '-LiteralPath <>'],
  'Where-Object': ['[-FilterScript] <>'],
  'Write-Output': ['[-InputObject] <>'],
};
