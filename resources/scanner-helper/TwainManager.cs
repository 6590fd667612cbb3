// The source manager: twaindsm.dll of TWAIN 2 where it is installed, else twain_32.dll of Windows itself. Opens it, calls it,
// and speaks capabilities; what is scanned is TwainSource's.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace QuayMotCua.ScannerHelper
{
    sealed class TwainManager : IDisposable
    {
        [UnmanagedFunctionPointer(CallingConvention.Winapi)]
        delegate ushort EntryFunction(IntPtr origin, IntPtr destination, uint group, ushort argument, ushort message, IntPtr data);

        [UnmanagedFunctionPointer(CallingConvention.Winapi)]
        delegate IntPtr AllocateFunction(uint size);

        [UnmanagedFunctionPointer(CallingConvention.Winapi)]
        delegate void FreeFunction(IntPtr handle);

        [UnmanagedFunctionPointer(CallingConvention.Winapi)]
        delegate IntPtr LockFunction(IntPtr handle);

        const uint Moveable = 0x0042; // and zeroed
        const uint Popup = 0x80000000;
        static readonly string[] Libraries = { "twaindsm.dll", "twain_32.dll" };

        readonly EntryFunction entry;
        readonly IntPtr application;
        readonly IntPtr window;
        readonly IntPtr windowCell;
        AllocateFunction allocate;
        FreeFunction free;
        LockFunction lockMemory;
        FreeFunction unlockMemory;
        bool isOpen;

        public IntPtr Window { get { return window; } }

        /// <exception cref="ScanFailure">`unavailable` without a source manager</exception>
        public TwainManager()
        {
            entry = FindEntry();
            window = Windows.CreateWindowExW(0, "STATIC", "scanner-helper", Popup, 0, 0, 1, 1, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero);
            TwIdentity identity = new TwIdentity
            {
                MajorNumber = 1,
                Language = 13, // English (USA)
                Country = 84,
                Info = "1.0",
                ProtocolMajor = 2,
                ProtocolMinor = 4,
                SupportedGroups = Tw.Control | Tw.Image | Tw.ApplicationVersion2,
                Manufacturer = "Quay Mot Cua",
                ProductFamily = "Counter",
                ProductName = "Scanner helper",
            };
            application = Allocate(identity);
            windowCell = Marshal.AllocHGlobal(IntPtr.Size);
            Marshal.WriteIntPtr(windowCell, window);
            if (Call(IntPtr.Zero, Tw.Control, Tw.Parent, Tw.OpenManager, windowCell) != Tw.Success)
                throw new ScanFailure("unavailable", "the TWAIN source manager does not open");
            isOpen = true;
            TakeMemoryFunctions();
        }

        static EntryFunction FindEntry()
        {
            foreach (string name in Libraries)
            {
                IntPtr library;
                try
                {
                    library = Windows.LoadLibraryW(name);
                }
                catch (Exception error)
                {
                    throw new ScanFailure("unavailable", "TWAIN: " + error.Message); // not on Windows
                }
                IntPtr address = library == IntPtr.Zero ? IntPtr.Zero : Windows.GetProcAddress(library, "DSM_Entry");
                if (address != IntPtr.Zero)
                    return (EntryFunction)Marshal.GetDelegateForFunctionPointer(address, typeof(EntryFunction));
            }
            throw new ScanFailure("unavailable", "no TWAIN source manager");
        }

        void TakeMemoryFunctions()
        {
            TwIdentity own = (TwIdentity)Marshal.PtrToStructure(application, typeof(TwIdentity));
            if ((own.SupportedGroups & Tw.ManagerVersion2) == 0) return;
            TwEntryPoint point = new TwEntryPoint { Size = (uint)Marshal.SizeOf(typeof(TwEntryPoint)) };
            if (Call(IntPtr.Zero, Tw.Control, Tw.EntryPoint, Tw.Get, ref point) != Tw.Success) return;
            allocate = Function<AllocateFunction>(point.Allocate);
            free = Function<FreeFunction>(point.Free);
            lockMemory = Function<LockFunction>(point.Lock);
            unlockMemory = Function<FreeFunction>(point.Unlock);
        }

        static T Function<T>(IntPtr address) where T : class
        {
            return Marshal.GetDelegateForFunctionPointer(address, typeof(T)) as T;
        }

        public IntPtr AllocateMemory(int size)
        {
            return allocate != null ? allocate((uint)size) : Windows.GlobalAlloc(Moveable, new IntPtr(size));
        }

        public void FreeMemory(IntPtr handle)
        {
            if (free != null) free(handle);
            else Windows.GlobalFree(handle);
        }

        public IntPtr Lock(IntPtr handle)
        {
            return lockMemory != null ? lockMemory(handle) : Windows.GlobalLock(handle);
        }

        public void Unlock(IntPtr handle)
        {
            if (unlockMemory != null) unlockMemory(handle);
            else Windows.GlobalUnlock(handle);
        }

        /// <summary>Every source that is installed, whether its device is plugged in or not: TWAIN does not know.</summary>
        public List<TwIdentity> Sources()
        {
            List<TwIdentity> sources = new List<TwIdentity>();
            IntPtr memory = Allocate(new TwIdentity());
            ushort message = Tw.GetFirst;
            while (sources.Count < 100 && Call(IntPtr.Zero, Tw.Control, Tw.Identity, message, memory) == Tw.Success)
            {
                sources.Add((TwIdentity)Marshal.PtrToStructure(memory, typeof(TwIdentity)));
                message = Tw.GetNext;
            }
            Marshal.FreeHGlobal(memory);
            return sources;
        }

        public ushort Call(IntPtr destination, uint group, ushort argument, ushort message, IntPtr data)
        {
            return entry(application, destination, group, argument, message, data);
        }

        public ushort Call<T>(IntPtr destination, uint group, ushort argument, ushort message, ref T data) where T : struct
        {
            IntPtr memory = Marshal.AllocHGlobal(Marshal.SizeOf(typeof(T)));
            try
            {
                Marshal.StructureToPtr(data, memory, false);
                ushort result = Call(destination, group, argument, message, memory);
                data = (T)Marshal.PtrToStructure(memory, typeof(T));
                return result;
            }
            finally
            {
                Marshal.FreeHGlobal(memory);
            }
        }

        public static IntPtr Allocate(TwIdentity identity)
        {
            IntPtr memory = Marshal.AllocHGlobal(Marshal.SizeOf(typeof(TwIdentity)));
            Marshal.StructureToPtr(identity, memory, false);
            return memory;
        }

        public int Condition(IntPtr destination)
        {
            TwStatus status = new TwStatus();
            Call(destination, Tw.Control, Tw.Status, Tw.Get, ref status);
            return status.ConditionCode;
        }

        public void Dispose()
        {
            if (isOpen) Call(IntPtr.Zero, Tw.Control, Tw.Parent, Tw.CloseManager, windowCell);
            isOpen = false;
            if (window != IntPtr.Zero) Windows.DestroyWindow(window);
            Marshal.FreeHGlobal(windowCell);
            Marshal.FreeHGlobal(application);
        }
    }
}
