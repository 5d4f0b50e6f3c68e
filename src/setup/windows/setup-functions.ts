/**
 * PowerShell for people who set a host up without an agent: it writes down what was there before, in a file, so that
 * undo can put it back, and shows what it finds. Constant, and for PowerShell 4, like the functions that it stands on.
 */
import { code } from '../code-text.js';
import { PROTECT_FOLDER } from './protect-folder.js';

/** What was before, and which VIPs were put here: a JSON file in a folder that only administrators may write to. */
export const STATE_FUNCTIONS = code`${PROTECT_FOLDER}

$folder = Join-Path $env:ProgramData 'Homeward'
$stateFile = Join-Path $folder 'setup.json'

function Read-State {
    if (-not (Test-Path -LiteralPath $stateFile)) { return @{ before = @{}; vips = @() } }
    Protect-Folder $folder
    $saved = Get-Content -LiteralPath $stateFile -Raw | ConvertFrom-Json
    $before = @{}
    foreach ($each in @($saved.before)) { $before[$each.name] = $each.value }
    return @{ before = $before; vips = @($saved.vips) }
}

function Save-State($State) {
    $before = @($State.before.Keys | Sort-Object | ForEach-Object { @{ name = $_; value = $State.before[$_] } })
    Protect-Folder $folder
    $json = ConvertTo-Json -InputObject @{ before = $before; vips = @($State.vips) } -Depth 4
    Set-Content -LiteralPath "$stateFile.new" -Value $json -Encoding UTF8
    Move-Item -LiteralPath "$stateFile.new" -Destination $stateFile -Force
}

# What was there before the first change is what counts, however often this is run.
function Save-Before([string]$Name, $Value) {
    $state = Read-State
    if ($state.before.ContainsKey($Name)) { return }
    $state.before[$Name] = $Value
    Save-State $state
}

function Save-Vip([string]$Address) {
    $state = Read-State
    if ($state.vips -contains $Address) { return }
    $state.vips = @($state.vips) + $Address
    Save-State $state
}

function Remove-SavedVip([string]$Address) {
    $state = Read-State
    $state.vips = @($state.vips | Where-Object { $_ -ne $Address })
    Save-State $state
}`;

export const ADAPTER_FUNCTIONS = code`function Get-ChosenAdapter {
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
}`;

export const APPLY_FUNCTIONS = code`function Set-Adapter {
    if ($null -ne (Get-ChosenAdapter)) { return }
    Save-Before 'loopback-adapter' 0
    Install-LoopbackAdapter | Out-Null
}

function Set-AdapterName {
    $adapter = Get-ChosenAdapter
    if ($adapter.Name -eq 'homeward') { return }
    Save-Before 'loopback-name' $adapter.Name
    Rename-Adapter $adapter.InterfaceIndex 'homeward'
}

function Set-Registration {
    $index = (Get-ChosenAdapter).InterfaceIndex
    $found = Read-DnsRegistration $index
    if ($found -eq 0) { return }
    Save-Before 'loopback-dns-registration' $found
    Write-DnsRegistration $index 0
}

function Set-AtPlace([string]$Place, [string]$Family, [string]$Property, [long]$Wanted) {
    foreach ($adapter in @(Get-AdaptersAt $Place)) {
        if (-not (Test-Family $adapter $Family)) { continue }
        $found = Read-InterfaceValue $adapter.InterfaceIndex $Family $Property
        if ($found -eq $Wanted) { continue }
        Save-Before "$($adapter.InterfaceGuid) $Family $Property" $found
        Write-InterfaceValue $adapter.InterfaceIndex $Family $Property $Wanted
    }
}

function Set-Vip([string]$Address, [int]$PrefixLength) {
    # One that is there already is somebody else's, and stays when this is undone.
    if (@(Get-NetIPAddress | Where-Object { $_.IPAddress -eq $Address }).Count -eq 0) { Save-Vip $Address }
    Add-Vip (Get-ChosenAdapter).InterfaceIndex $Address $PrefixLength
}`;

export const VERIFY_FUNCTIONS = code`$script:wrong = 0

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
}`;

export const UNDO_FUNCTIONS = code`function Undo-Vip([string]$Address) {
    $adapter = Get-ChosenAdapter
    if ($null -ne $adapter -and (Read-State).vips -contains $Address) { Remove-Vip $adapter.InterfaceIndex $Address }
    Remove-SavedVip $Address
}

# Somebody who changed it since wants it as it is now.
function Undo-AtPlace([string]$Place, [string]$Family, [string]$Property, [long]$Wanted) {
    $before = (Read-State).before
    foreach ($adapter in @(Get-AdaptersAt $Place)) {
        if ($null -eq $adapter -or -not (Test-Family $adapter $Family)) { continue }
        $name = "$($adapter.InterfaceGuid) $Family $Property"
        if (-not $before.ContainsKey($name)) { continue }
        if ((Read-InterfaceValue $adapter.InterfaceIndex $Family $Property) -ne $Wanted) { continue }
        Write-InterfaceValue $adapter.InterfaceIndex $Family $Property $before[$name]
    }
}

function Undo-Registration {
    $before = (Read-State).before
    $adapter = Get-ChosenAdapter
    if ($null -eq $adapter -or -not $before.ContainsKey('loopback-dns-registration')) { return }
    Write-DnsRegistration $adapter.InterfaceIndex $before['loopback-dns-registration']
}

function Undo-AdapterName {
    $before = (Read-State).before
    $adapter = Get-ChosenAdapter
    if ($null -eq $adapter -or -not $before.ContainsKey('loopback-name')) { return }
    if ($adapter.Name -eq 'homeward') { Rename-Adapter $adapter.InterfaceIndex $before['loopback-name'] }
}

function Undo-Adapter {
    $adapter = Get-ChosenAdapter
    if ($null -ne $adapter -and (Read-State).before.ContainsKey('loopback-adapter')) { Uninstall-LoopbackAdapter $adapter }
}`;
