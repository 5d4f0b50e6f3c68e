# Homeward: 192.0.2.200 on a Windows real server, apply.
# This sets the host up; may be run again at any time.
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

function Install-LoopbackAdapter {
    $restart = [HomewardDevice]::Install('*msloop', (Join-Path $env:SystemRoot 'INF\netloop.inf'))
    for ($look = 0; $look -lt 100; $look++) {
        $adapters = @(Get-LoopbackAdapters)
        if ($adapters.Count -gt 0 -and $adapters[0].Status -eq 'Up') {
            $interfaces = @(Get-NetIPInterface -InterfaceIndex $adapters[0].InterfaceIndex -ErrorAction SilentlyContinue)
            if ($interfaces.Count -gt 0) { return $adapters[0] }
        }
        Start-Sleep -Milliseconds 200
    }
    if ($restart) { throw 'Windows wants a restart before the loopback adapter can be used.' }
    throw 'The loopback adapter does not appear after it was installed.'
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

function Add-Vip([int]$Index, [string]$Address, [int]$PrefixLength) {
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
}

function Set-Adapter {
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
}

# loopback-adapter. A Microsoft KM-TEST loopback adapter is on no network, so nobody asks it for the VIP.
Set-Adapter

# loopback-name. People shall see what the adapter is for.
Set-AdapterName

# loopback-dns-registration. The name of this host must not lead to the VIP.
Set-Registration

# loopback-ipv4-dhcp. Windows refuses a lasting address on an interface that waits for DHCP.
Set-AtPlace loopback IPv4 Dhcp 0

# loopback-ipv4-dad-transmits. On no network there is no second owner to find; the search would take seconds for each VIP.
Set-AtPlace loopback IPv4 DadTransmits 0

# loopback-ipv6-dad-transmits. On no network there is no second owner to find; the search would take seconds for each VIP.
Set-AtPlace loopback IPv6 DadTransmits 0

# loopback-ipv4-automatic-metric. The metric must not follow the speed of the adapter.
Set-AtPlace loopback IPv4 AutomaticMetric 0

# loopback-ipv4-interface-metric. Nothing that this host sends of itself may leave by this adapter.
Set-AtPlace loopback IPv4 InterfaceMetric 254

# loopback-ipv6-automatic-metric. The metric must not follow the speed of the adapter.
Set-AtPlace loopback IPv6 AutomaticMetric 0

# loopback-ipv6-interface-metric. Nothing that this host sends of itself may leave by this adapter.
Set-AtPlace loopback IPv6 InterfaceMetric 254

# network-ipv4-weak-host-receive. Packets for the VIP arrive here, and the VIP is on another adapter.
Set-AtPlace network IPv4 WeakHostReceive 1

# loopback-ipv4-weak-host-receive. Packets for the VIP come to this adapter from another one.
Set-AtPlace loopback IPv4 WeakHostReceive 1

# loopback-ipv4-weak-host-send. Replies from the VIP leave by another adapter.
Set-AtPlace loopback IPv4 WeakHostSend 1

# network-ipv6-weak-host-receive. Packets for the VIP arrive here, and the VIP is on another adapter.
Set-AtPlace network IPv6 WeakHostReceive 1

# loopback-ipv6-weak-host-receive. Packets for the VIP come to this adapter from another one.
Set-AtPlace loopback IPv6 WeakHostReceive 1

# loopback-ipv6-weak-host-send. Replies from the VIP leave by another adapter.
Set-AtPlace loopback IPv6 WeakHostSend 1

# firewall-tcp-443. The firewall lets in what the service needs, and nothing else of the VIP.
Open-Door Homeward-192.0.2.200-tcp-443 '192.0.2.200' tcp 443

# firewall-udp-8000-8010. The firewall lets in what the service needs, and nothing else of the VIP.
Open-Door Homeward-192.0.2.200-udp-8000-8010 '192.0.2.200' udp 8000-8010

# vip. Never the source of what this host sends of itself; last, when all else stands.
Set-Vip '192.0.2.200' 32
