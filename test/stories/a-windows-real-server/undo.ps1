# Homeward: 192.0.2.200 on a Windows real server, undo.
# This takes the VIP away; with the last VIP, puts back what was before.
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

function ConvertTo-Word([long]$Value) {
    if ($Value -eq 1) { return 'Enabled' }
    return 'Disabled'
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

function Write-DnsRegistration([int]$Index, [long]$Value) {
    Set-DnsClient -InterfaceIndex $Index -RegisterThisConnectionsAddress ($Value -eq 1)
    $found = Read-DnsRegistration $Index
    if ($found -ne $Value) { throw "DNS registration of interface $Index is $found after it was set to $Value." }
}

function Rename-Adapter([int]$Index, [string]$Name) {
    Get-NetAdapter -InterfaceIndex $Index | Rename-NetAdapter -NewName $Name
    $found = (Get-NetAdapter -InterfaceIndex $Index).Name
    if ($found -ne $Name) { throw "The adapter is called $found after it was renamed to $Name." }
}

function Close-Door([string]$Name) {
    Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue | Where-Object { $_.Group -eq 'Homeward' } | Remove-NetFirewallRule
    $left = @(Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue)
    if ($left.Count -gt 0) { throw "The firewall rule $Name is still there after it was removed." }
}

# S-1-5-18 is SYSTEM, S-1-5-32-544 the administrators, in every language of Windows.
function Get-OwnerId([string]$Path) {
    return (Get-Acl -LiteralPath $Path).GetOwner([Security.Principal.SecurityIdentifier]).Value
}

function Test-Link([string]$Path) {
    return [bool]((Get-Item -LiteralPath $Path -Force).Attributes -band [IO.FileAttributes]::ReparsePoint)
}

function Protect-Folder([string]$Path) {
    $owners = @('S-1-5-18', 'S-1-5-32-544')
    if (-not (Test-Path -LiteralPath $Path)) { New-Item -ItemType Directory -Path $Path | Out-Null }
    elseif ((Test-Link $Path) -or $owners -notcontains (Get-OwnerId $Path)) {
        throw "$Path is there already, and it is not of the administrators. Look at what it is, and remove it first."
    }
    # Owner and rights in one step; no right of before stays, and none comes from above.
    $rights = New-Object -TypeName Security.AccessControl.DirectorySecurity
    $rights.SetSecurityDescriptorSddlForm('O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)', 'Owner, Access')
    Set-Acl -LiteralPath $Path -AclObject $rights
    # What was put there before that.
    $owners += [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    foreach ($inside in @(Get-ChildItem -LiteralPath $Path -Force)) {
        if ((Test-Link $inside.FullName) -or $owners -notcontains (Get-OwnerId $inside.FullName)) {
            throw "$($inside.FullName) is not of the administrators. Look at what it is, and remove it first."
        }
    }
}

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
}

Add-Type -TypeDefinition @'
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

public static class HomewardDevice
{
    const int GenerateId = 1;
    const int PropertyHardwareId = 1;
    const int RegisterDevice = 0x19;
    const int Force = 1;
    const int NoSuchDevice = unchecked((int)0xE000020B);
    static readonly IntPtr Invalid = new IntPtr(-1);

    [StructLayout(LayoutKind.Sequential)]
    struct DeviceInfo
    {
        public int Size;
        public Guid Class;
        public int Instance;
        public IntPtr Reserved;
    }

    [DllImport("setupapi.dll", SetLastError = true)]
    static extern IntPtr SetupDiCreateDeviceInfoList(IntPtr classGuid, IntPtr window);

    [DllImport("setupapi.dll", CharSet = CharSet.Unicode, ExactSpelling = true, SetLastError = true)]
    static extern bool SetupDiCreateDeviceInfoW(
        IntPtr set, string name, ref Guid classGuid, string description, IntPtr window, int flags, ref DeviceInfo device);

    [DllImport("setupapi.dll", CharSet = CharSet.Unicode, ExactSpelling = true, SetLastError = true)]
    static extern bool SetupDiOpenDeviceInfoW(
        IntPtr set, string instanceId, IntPtr window, int flags, ref DeviceInfo device);

    [DllImport("setupapi.dll", CharSet = CharSet.Unicode, ExactSpelling = true, SetLastError = true)]
    static extern bool SetupDiSetDeviceRegistryPropertyW(
        IntPtr set, ref DeviceInfo device, int property, byte[] value, int size);

    [DllImport("setupapi.dll", SetLastError = true)]
    static extern bool SetupDiCallClassInstaller(int function, IntPtr set, ref DeviceInfo device);

    [DllImport("setupapi.dll", SetLastError = true)]
    static extern bool SetupDiDestroyDeviceInfoList(IntPtr set);

    [DllImport("newdev.dll", CharSet = CharSet.Unicode, ExactSpelling = true, SetLastError = true)]
    static extern bool UpdateDriverForPlugAndPlayDevicesW(
        IntPtr window, string hardwareId, string inf, int flags, out bool reboot);

    [DllImport("newdev.dll", SetLastError = true)]
    static extern bool DiUninstallDevice(
        IntPtr window, IntPtr set, ref DeviceInfo device, int flags, out bool reboot);

    // True where Windows wants a restart before the adapter is there.
    public static bool Install(string hardwareId, string inf)
    {
        bool reboot;
        int error = OfferDriver(hardwareId, inf, out reboot);
        if (error == NoSuchDevice) return RegisterAndOffer(hardwareId, inf);
        if (error != 0) throw new Win32Exception(error);
        return reboot;
    }

    public static void Uninstall(string instanceId)
    {
        IntPtr set = NewSet();
        try
        {
            DeviceInfo device = NewDevice();
            Check(SetupDiOpenDeviceInfoW(set, instanceId, IntPtr.Zero, 0, ref device));
            bool reboot;
            Check(DiUninstallDevice(IntPtr.Zero, set, ref device, 0, out reboot));
        }
        finally { SetupDiDestroyDeviceInfoList(set); }
    }

    static bool RegisterAndOffer(string hardwareId, string inf)
    {
        IntPtr set = NewSet();
        try
        {
            DeviceInfo device = NewDevice();
            Guid network = new Guid("4d36e972-e325-11ce-bfc1-08002be10318");
            byte[] identifiers = Encoding.Unicode.GetBytes(hardwareId + "\0\0");
            Check(SetupDiCreateDeviceInfoW(set, "NET", ref network, null, IntPtr.Zero, GenerateId, ref device));
            Check(SetupDiSetDeviceRegistryPropertyW(set, ref device, PropertyHardwareId, identifiers, identifiers.Length));
            Check(SetupDiCallClassInstaller(RegisterDevice, set, ref device));
            bool reboot;
            int error = OfferDriver(hardwareId, inf, out reboot);
            if (error == 0) return reboot;
            DiUninstallDevice(IntPtr.Zero, set, ref device, 0, out reboot);
            throw new Win32Exception(error);
        }
        finally { SetupDiDestroyDeviceInfoList(set); }
    }

    static int OfferDriver(string hardwareId, string inf, out bool reboot)
    {
        bool done = UpdateDriverForPlugAndPlayDevicesW(IntPtr.Zero, hardwareId, inf, Force, out reboot);
        return done ? 0 : Marshal.GetLastWin32Error();
    }

    static IntPtr NewSet()
    {
        IntPtr set = SetupDiCreateDeviceInfoList(IntPtr.Zero, IntPtr.Zero);
        Check(set != Invalid);
        return set;
    }

    static DeviceInfo NewDevice()
    {
        DeviceInfo device = new DeviceInfo();
        device.Size = Marshal.SizeOf(typeof(DeviceInfo));
        return device;
    }

    static void Check(bool done)
    {
        if (!done) throw new Win32Exception(Marshal.GetLastWin32Error());
    }
}
'@

function Uninstall-LoopbackAdapter($Adapter) {
    $addresses = @(Get-NetIPAddress | Where-Object { $_.InterfaceIndex -eq $Adapter.InterfaceIndex -and @('Manual', '1') -contains [string]$_.PrefixOrigin })
    if ($addresses.Count -gt 0) { throw "The loopback adapter stays: $($addresses[0].IPAddress) is on it." }
    [HomewardDevice]::Uninstall($Adapter.PnPDeviceID)
    for ($look = 0; $look -lt 100; $look++) {
        $left = @(Get-LoopbackAdapters | Where-Object { $_.InterfaceGuid -eq $Adapter.InterfaceGuid })
        if ($left.Count -eq 0) { return }
        Start-Sleep -Milliseconds 200
    }
    throw 'The loopback adapter is still there after it was removed.'
}

function Remove-Vip([int]$Index, [string]$Address) {
    Get-NetIPAddress | Where-Object { $_.InterfaceIndex -eq $Index -and $_.IPAddress -eq $Address } | Remove-NetIPAddress -Confirm:$false
    $left = @(Get-NetIPAddress | Where-Object { $_.InterfaceIndex -eq $Index -and $_.IPAddress -eq $Address })
    if ($left.Count -gt 0) { throw "$Address is still there after it was removed." }
}

function Undo-Vip([string]$Address) {
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
}

Undo-Vip '192.0.2.200'
Close-Door Homeward-192.0.2.200-udp-8000-8010
Close-Door Homeward-192.0.2.200-tcp-443

if (@((Read-State).vips).Count -gt 0) {
    Write-Output 'Other VIPs are on this host; its settings stay.'
    exit 0
}
Undo-AtPlace loopback IPv6 WeakHostSend 1
Undo-AtPlace loopback IPv6 WeakHostReceive 1
Undo-AtPlace network IPv6 WeakHostReceive 1
Undo-AtPlace loopback IPv4 WeakHostSend 1
Undo-AtPlace loopback IPv4 WeakHostReceive 1
Undo-AtPlace network IPv4 WeakHostReceive 1
Undo-AtPlace loopback IPv6 InterfaceMetric 254
Undo-AtPlace loopback IPv6 AutomaticMetric 0
Undo-AtPlace loopback IPv4 InterfaceMetric 254
Undo-AtPlace loopback IPv4 AutomaticMetric 0
Undo-AtPlace loopback IPv6 DadTransmits 0
Undo-AtPlace loopback IPv4 DadTransmits 0
Undo-AtPlace loopback IPv4 Dhcp 0
Undo-Registration
Undo-AdapterName
Undo-Adapter
Remove-Item -LiteralPath $stateFile
