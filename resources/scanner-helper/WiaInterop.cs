// The part of WIA 2.0 that is used, in the order of wia_lh.h: order and ids are the contract, names are not. Methods that are
// never called stand as placeholders, so that those behind them keep their place.
using System;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.ComTypes;

namespace QuayMotCua.ScannerHelper
{
    [ComImport, Guid("79C07CF1-CBDD-41ee-8EC3-F00080CADA7A"), InterfaceType(ComInterfaceType.InterfaceIsIUnknown)]
    interface IWiaDevMgr2
    {
        [PreserveSig] int EnumDeviceInfo(int flags, out IEnumWiaDevInfo devices);
        [PreserveSig] int CreateDevice(int flags, [MarshalAs(UnmanagedType.BStr)] string id, out IWiaItem2 root);
    }

    [ComImport, Guid("5E38B83C-8CF1-11D1-BF92-0060081ED811"), InterfaceType(ComInterfaceType.InterfaceIsIUnknown)]
    interface IEnumWiaDevInfo
    {
        [PreserveSig] int Next(uint count, out IWiaPropertyStorage device, out uint fetched);
    }

    [ComImport, Guid("6CBA0075-1287-407D-9B77-CF0E030435CC"), InterfaceType(ComInterfaceType.InterfaceIsIUnknown)]
    interface IWiaItem2
    {
        void CreateChildItem();
        void DeleteItem();
        /// <param name="category">Pointer to a GUID, or null for every item.</param>
        [PreserveSig] int EnumChildItems(IntPtr category, out IEnumWiaItem2 items);
        void FindItemByName();
        [PreserveSig] int GetItemCategory(out Guid category);
    }

    [ComImport, Guid("59970AF4-CD0D-44D9-AB24-52295630E582"), InterfaceType(ComInterfaceType.InterfaceIsIUnknown)]
    interface IEnumWiaItem2
    {
        [PreserveSig] int Next(uint count, out IWiaItem2 item, out uint fetched);
    }

    [ComImport, Guid("98B5E8A0-29CC-491A-AAC0-E6DB4FDCCEB6"), InterfaceType(ComInterfaceType.InterfaceIsIUnknown)]
    interface IWiaPropertyStorage
    {
        [PreserveSig] int ReadMultiple(uint count, ref PropSpec what, ref PropVariant value);
        [PreserveSig] int WriteMultiple(uint count, ref PropSpec what, ref PropVariant value, uint firstName);
        void DeleteMultiple();
        void ReadPropertyNames();
        void WritePropertyNames();
        void DeletePropertyNames();
        void Commit();
        void Revert();
        void Enum();
        void SetTimes();
        void SetClass();
        void Stat();
        [PreserveSig] int GetPropertyAttributes(uint count, ref PropSpec what, out uint flags, ref PropVariant values);
    }

    [ComImport, Guid("C39D6942-2F4E-4D04-92FE-4EF4D3A1DE5A"), InterfaceType(ComInterfaceType.InterfaceIsIUnknown)]
    interface IWiaTransfer
    {
        [PreserveSig] int Download(int flags, IWiaTransferCallback callback);
        void Upload();
        [PreserveSig] int Cancel();
    }

    [ComImport, Guid("27D4EAAF-28A6-4CA5-9AAB-E678168B9527"), InterfaceType(ComInterfaceType.InterfaceIsIUnknown)]
    interface IWiaTransferCallback
    {
        [PreserveSig] int TransferCallback(int flags, ref WiaTransferParams parameters);
        [PreserveSig] int GetNextStream(
            int flags,
            [MarshalAs(UnmanagedType.BStr)] string itemName,
            [MarshalAs(UnmanagedType.BStr)] string fullItemName,
            out IStream destination);
    }

    [StructLayout(LayoutKind.Sequential)]
    struct WiaTransferParams
    {
        public int Message;
        public int PercentComplete;
        public ulong TransferredBytes;
        public int ErrorStatus;
    }

    /// <summary>Kind 1: the number of a property.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct PropSpec
    {
        public uint Kind;
        public IntPtr Id;

        public PropSpec(int id)
        {
            Kind = 1;
            Id = new IntPtr(id);
        }
    }

    /// <summary>The two pointers hold whatever the type says: a number, a pointer, or a count and a pointer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct PropVariant
    {
        public const ushort Int32 = 3;
        public const ushort BStr = 8;
        public const ushort ClassId = 72;
        public const ushort Vector = 0x1000;

        public ushort Type;
        public ushort Reserved1;
        public ushort Reserved2;
        public ushort Reserved3;
        public IntPtr First;
        public IntPtr Second;

        [DllImport("ole32.dll")]
        public static extern int PropVariantClear(ref PropVariant value);

        [DllImport("shlwapi.dll", CharSet = CharSet.Unicode)]
        public static extern int SHCreateStreamOnFileEx(
            string file, uint mode, uint attributes, bool create, IntPtr template, out IStream stream);
    }

    /// <summary>Properties of one item, by number. Reading what is not there gives null.</summary>
    sealed class WiaProperties
    {
        public const int DeviceId = 2;
        public const int DeviceType = 5;
        public const int DeviceName = 7;
        public const int DocumentHandlingCapabilities = 3086;
        public const int DocumentHandlingSelect = 3088;
        public const int Pages = 3096;
        public const int DataType = 4103;
        public const int Format = 4106;
        public const int Tymed = 4108;
        public const int XResolution = 6147;
        public const int YResolution = 6148;
        public const int XPosition = 6149;
        public const int YPosition = 6150;
        public const int XExtent = 6151;
        public const int YExtent = 6152;
        /// <summary>Thousandths of an inch.</summary>
        public const int MaxHorizontalSize = 6165;
        public const int MaxVerticalSize = 6166;

        const uint RangeFlag = 0x10;
        const uint ListFlag = 0x20;
        const uint FirstName = 2;

        readonly IWiaPropertyStorage storage;

        public WiaProperties(object item)
        {
            storage = (IWiaPropertyStorage)item;
        }

        public int? ReadNumber(int id)
        {
            PropSpec what = new PropSpec(id);
            PropVariant value = new PropVariant();
            if (storage.ReadMultiple(1, ref what, ref value) != 0) return null;
            int? number = value.Type == PropVariant.Int32 ? (int?)Low(value.First) : null;
            PropVariant.PropVariantClear(ref value);
            return number;
        }

        public string ReadText(int id)
        {
            PropSpec what = new PropSpec(id);
            PropVariant value = new PropVariant();
            if (storage.ReadMultiple(1, ref what, ref value) != 0) return null;
            string text = value.Type == PropVariant.BStr ? Marshal.PtrToStringBSTR(value.First) : null;
            PropVariant.PropVariantClear(ref value);
            return text;
        }

        /// <returns>The HRESULT; drivers refuse what they do not have.</returns>
        public int Write(int id, int number)
        {
            PropSpec what = new PropSpec(id);
            PropVariant value = new PropVariant { Type = PropVariant.Int32, First = new IntPtr(number) };
            return storage.WriteMultiple(1, ref what, ref value, FirstName);
        }

        public int Write(int id, Guid guid)
        {
            PropSpec what = new PropSpec(id);
            IntPtr memory = Marshal.AllocCoTaskMem(16);
            Marshal.Copy(guid.ToByteArray(), 0, memory, 16);
            PropVariant value = new PropVariant { Type = PropVariant.ClassId, First = memory };
            int result = storage.WriteMultiple(1, ref what, ref value, FirstName);
            Marshal.FreeCoTaskMem(memory);
            return result;
        }

        /// <summary>What a number may be: the values of a list, or the usual ones inside a range.</summary>
        public int[] Choices(int id, int[] usual)
        {
            PropSpec what = new PropSpec(id);
            PropVariant values = new PropVariant();
            uint flags;
            if (storage.GetPropertyAttributes(1, ref what, out flags, ref values) != 0) return new int[0];
            int[] numbers = new int[0];
            if (values.Type == (PropVariant.Int32 | PropVariant.Vector))
            {
                int count = Low(values.First);
                numbers = new int[Math.Max(0, Math.Min(count, 1000))];
                if (values.Second != IntPtr.Zero) Marshal.Copy(values.Second, numbers, 0, numbers.Length);
            }
            PropVariant.PropVariantClear(ref values);
            // A list begins with its length and its usual value; a range is lowest, usual, highest, step.
            if ((flags & ListFlag) != 0 && numbers.Length > 2) return Slice(numbers, 2);
            if ((flags & RangeFlag) != 0 && numbers.Length >= 3)
                return Array.FindAll(usual, delegate(int one) { return one >= numbers[0] && one <= numbers[2]; });
            return new int[0];
        }

        static int[] Slice(int[] numbers, int from)
        {
            int[] rest = new int[numbers.Length - from];
            Array.Copy(numbers, from, rest, 0, rest.Length);
            return rest;
        }

        static int Low(IntPtr value)
        {
            return unchecked((int)value.ToInt64());
        }
    }
}
