// The part of TWAIN 2.x that is used, as twain.h lays it out: two-byte packing, ANSI text in fixed fields.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace QuayMotCua.ScannerHelper
{
    static class Tw
    {
        public const uint Control = 1;
        public const uint Image = 2;
        public const uint ApplicationVersion2 = 0x20000000;
        public const uint ManagerVersion2 = 0x10000000;

        public const ushort Capability = 0x0001;
        public const ushort Event = 0x0002;
        public const ushort Identity = 0x0003;
        public const ushort Parent = 0x0004;
        public const ushort PendingTransfers = 0x0005;
        public const ushort Status = 0x0008;
        public const ushort UserInterface = 0x0009;
        public const ushort ImageLayout = 0x0102;
        public const ushort ImageNativeTransfer = 0x0104;
        public const ushort EntryPoint = 0x0403;

        public const ushort Get = 0x0001;
        public const ushort GetCurrent = 0x0002;
        public const ushort GetFirst = 0x0004;
        public const ushort GetNext = 0x0005;
        public const ushort Set = 0x0006;
        public const ushort Reset = 0x0007;
        public const ushort TransferReady = 0x0101;
        public const ushort CloseRequest = 0x0102;
        public const ushort OpenManager = 0x0301;
        public const ushort CloseManager = 0x0302;
        public const ushort OpenSource = 0x0401;
        public const ushort CloseSource = 0x0402;
        public const ushort DisableSource = 0x0501;
        public const ushort EnableSource = 0x0502;
        public const ushort ProcessEvent = 0x0601;
        public const ushort EndTransfer = 0x0701;

        public const ushort Success = 0;
        public const ushort Cancelled = 3;
        public const ushort SourceEvent = 4;
        public const ushort TransferDone = 6;
        public const ushort EndOfList = 7;

        public const ushort TransferCount = 0x0001;
        public const ushort PixelType = 0x0101;
        public const ushort Units = 0x0102;
        public const ushort TransferMechanism = 0x0103;
        public const ushort FeederEnabled = 0x1002;
        public const ushort FeederLoaded = 0x1003;
        public const ushort AutoFeed = 0x1007;
        public const ushort Indicators = 0x100B;
        public const ushort UiControllable = 0x100E;
        public const ushort DuplexKinds = 0x1012;
        public const ushort DuplexEnabled = 0x1013;
        public const ushort XResolution = 0x1118;
        public const ushort YResolution = 0x1119;

        public const ushort TypeInt16 = 1;
        public const ushort TypeUInt16 = 4;
        public const ushort TypeBool = 6;
        public const ushort TypeFix32 = 7;
        public const ushort Array = 3;
        public const ushort Enumeration = 4;
        public const ushort OneValue = 5;
        public const ushort Range = 6;

        static readonly Dictionary<int, string> Codes = new Dictionary<int, string>
        {
            { 3, "offline" }, // no such source
            { 4, "busy" }, // too many connections
            { 10, "settings-refused" },
            { 16, "busy" }, // denied: another program has it
            { 20, "jam" },
            { 21, "double-feed" },
            { 23, "offline" },
            { 24, "cover-open" }, // interlock
            { 25, "jam" }, // damaged corner
            { 29, "feeder-empty" },
        };

        public static ScanFailure Failure(int condition, string doing)
        {
            string code;
            if (!Codes.TryGetValue(condition, out code)) code = "failed";
            return new ScanFailure(code, "TWCC " + condition + " " + doing);
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2, CharSet = CharSet.Ansi)]
    sealed class TwIdentity
    {
        public uint Id;
        public ushort MajorNumber;
        public ushort MinorNumber;
        public ushort Language;
        public ushort Country;
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 34)] public string Info = "";
        public ushort ProtocolMajor;
        public ushort ProtocolMinor;
        public uint SupportedGroups;
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 34)] public string Manufacturer = "";
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 34)] public string ProductFamily = "";
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 34)] public string ProductName = "";
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    struct TwCapability
    {
        public ushort Cap;
        public ushort ContainerType;
        public IntPtr Container;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    struct TwUserInterface
    {
        public ushort ShowUi;
        public ushort ModalUi;
        public IntPtr Parent;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    struct TwEvent
    {
        public IntPtr Message;
        public ushort TwainMessage;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    struct TwPendingTransfers
    {
        public ushort Count;
        public uint EndOfJob;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    struct TwStatus
    {
        public ushort ConditionCode;
        public ushort Data;
    }

    /// <summary>Sixteen bits before the point, sixteen behind it.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    struct TwFix32
    {
        public short Whole;
        public ushort Fraction;

        public TwFix32(double value)
        {
            int scaled = (int)Math.Round(value * 65536);
            Whole = (short)(scaled >> 16);
            Fraction = (ushort)(scaled & 0xFFFF);
        }

        public double Value { get { return Whole + Fraction / 65536.0; } }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    struct TwImageLayout
    {
        public TwFix32 Left;
        public TwFix32 Top;
        public TwFix32 Right;
        public TwFix32 Bottom;
        public uint DocumentNumber;
        public uint PageNumber;
        public uint FrameNumber;
    }

    /// <summary>Memory functions that a source manager of version 2 wants used.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    struct TwEntryPoint
    {
        public uint Size;
        public IntPtr Entry;
        public IntPtr Allocate;
        public IntPtr Free;
        public IntPtr Lock;
        public IntPtr Unlock;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct WindowMessage
    {
        public IntPtr Window;
        public uint Message;
        public IntPtr WParam;
        public IntPtr LParam;
        public uint Time;
        public int X;
        public int Y;
    }

    static class Windows
    {
        public const uint Remove = 1;
        public const uint AllInput = 0x04FF;

        [DllImport("user32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
        public static extern IntPtr CreateWindowExW(
            uint extended, string className, string name, uint style, int x, int y, int width, int height,
            IntPtr parent, IntPtr menu, IntPtr instance, IntPtr parameter);

        [DllImport("user32.dll")]
        public static extern bool DestroyWindow(IntPtr window);

        [DllImport("user32.dll")]
        public static extern bool PeekMessageW(out WindowMessage message, IntPtr window, uint first, uint last, uint remove);

        [DllImport("user32.dll")]
        public static extern bool TranslateMessage(ref WindowMessage message);

        [DllImport("user32.dll")]
        public static extern IntPtr DispatchMessageW(ref WindowMessage message);

        [DllImport("user32.dll")]
        public static extern uint MsgWaitForMultipleObjects(uint count, IntPtr handles, bool all, uint milliseconds, uint what);

        [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
        public static extern IntPtr LoadLibraryW(string name);

        [DllImport("kernel32.dll", CharSet = CharSet.Ansi)]
        public static extern IntPtr GetProcAddress(IntPtr library, string name);

        [DllImport("kernel32.dll")]
        public static extern IntPtr GlobalAlloc(uint flags, IntPtr size);

        [DllImport("kernel32.dll")]
        public static extern IntPtr GlobalFree(IntPtr handle);

        [DllImport("kernel32.dll")]
        public static extern IntPtr GlobalLock(IntPtr handle);

        [DllImport("kernel32.dll")]
        public static extern bool GlobalUnlock(IntPtr handle);

        [DllImport("kernel32.dll")]
        public static extern IntPtr GlobalSize(IntPtr handle);
    }
}
