# Homeward: uninstall-adapter
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# By the driver's identifier: names are people's to choose, and descriptions are translated.
function Get-LoopbackAdapters {
    Get-NetAdapter | Where-Object { $_.ComponentID -eq '*msloop' } | Sort-Object -Property InterfaceIndex
}

function Get-Loopback([string]$Guid) {
    $found = @(Get-LoopbackAdapters | Where-Object { $_.InterfaceGuid -eq $Guid })
    if ($found.Count -ne 1) { throw "There is no loopback adapter $Guid." }
    return $found[0]
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

try {
    $request = @($input) -join '' | ConvertFrom-Json
    Uninstall-LoopbackAdapter (Get-Loopback $request.guid)
} catch {
    [Console]::Error.WriteLine([string]$_.Exception.Message)
    exit 1
}
