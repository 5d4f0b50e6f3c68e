# Homeward: set-interfaces
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

function ConvertTo-Word([long]$Value) {
    if ($Value -eq 1) { return 'Enabled' }
    return 'Disabled'
}

function Get-Index([string]$Guid) {
    $found = @(Get-NetAdapter | Where-Object { $_.InterfaceGuid -eq $Guid })
    if ($found.Count -ne 1) { throw "There is no network adapter $Guid." }
    return $found[0].InterfaceIndex
}

function Read-InterfaceValue([int]$Index, [string]$Family, [string]$Property) {
    $interface = Get-NetIPInterface -InterfaceIndex $Index -AddressFamily $Family
    return ConvertTo-Number $interface.$Property
}

function Write-InterfaceValue([int]$Index, [string]$Family, [string]$Property, [long]$Value) {
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
}

try {
    $request = @($input) -join '' | ConvertFrom-Json
    foreach ($change in @($request.changes)) {
        Write-InterfaceValue (Get-Index $change.guid) $change.family $change.property $change.value
    }
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
