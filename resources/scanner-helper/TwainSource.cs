// One opened TWAIN source: its capabilities, and a stack by native transfer. The source speaks through window messages, so
// scanning is a message loop that also looks at the clock and at whether somebody asked to stop.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace QuayMotCua.ScannerHelper
{
    sealed class TwainSource : IDisposable
    {
        const int Native = 0;
        const int Inches = 0;
        const int Grey = 1;
        const int Rgb = 2;
        const int EveryPage = -1;
        const double MmPerInch = 25.4;
        const uint LookEveryMs = 100;
        const int LargestContainer = 64 * 1024;

        readonly TwainManager manager;
        readonly IntPtr identity;
        bool isOpen;
        bool isEnabled;

        /// <exception cref="ScanFailure">when the source does not open: its device is off, or another program has it</exception>
        public TwainSource(TwainManager manager, TwIdentity source)
        {
            this.manager = manager;
            identity = TwainManager.Allocate(source);
            ushort result = manager.Call(IntPtr.Zero, Tw.Control, Tw.Identity, Tw.OpenSource, identity);
            isOpen = result == Tw.Success;
            if (!isOpen)
            {
                ScanFailure failure = Tw.Failure(manager.Condition(IntPtr.Zero), "open " + source.ProductName);
                Marshal.FreeHGlobal(identity);
                throw failure.Code == "failed" ? new ScanFailure("offline", failure.Message) : failure;
            }
        }

        public void Describe(Device device)
        {
            bool hasFeeder = SetBool(Tw.FeederEnabled, true);
            if (hasFeeder && (Values(Tw.DuplexKinds).Find(delegate(double kind) { return kind > 0; }) > 0)) device.Sources.Add("adf-duplex");
            if (hasFeeder) device.Sources.Add("adf");
            if (!hasFeeder || SetBool(Tw.FeederEnabled, false)) device.Sources.Add("flatbed");
            SetNumber(Tw.Units, Tw.TypeUInt16, Inches);
            foreach (double dpi in Values(Tw.XResolution))
                if (dpi >= 50 && dpi <= 2400 && dpi == Math.Floor(dpi) && device.Dpis.Count < 100) device.Dpis.Add((int)dpi);
        }

        public void Scan(ScanJob job, PageSink sink)
        {
            int dpi = Prepare(job);
            if (job.IsFeeder && Values(Tw.FeederLoaded).Contains(0)) throw new ScanFailure("feeder-empty", "CAP_FEEDERLOADED is false");
            TwUserInterface ui = new TwUserInterface { Parent = manager.Window };
            if (manager.Call(identity, Tw.Control, Tw.UserInterface, Tw.EnableSource, ref ui) != Tw.Success)
                throw Tw.Failure(manager.Condition(identity), "MSG_ENABLEDS");
            isEnabled = true;
            WaitForPages(job, sink, dpi);
            if (sink.Count == 0) throw new ScanFailure(job.IsFeeder ? "feeder-empty" : "failed", "the source gave no page");
        }

        /// <returns>the resolution the source took</returns>
        int Prepare(ScanJob job)
        {
            SetBool(Tw.Indicators, false); // no window of the driver's own
            SetNumber(Tw.Units, Tw.TypeUInt16, Inches);
            if (!SetBool(Tw.FeederEnabled, job.IsFeeder) && job.IsFeeder) throw new ScanFailure("settings-refused", "CAP_FEEDERENABLED");
            if (job.IsFeeder) SetBool(Tw.AutoFeed, true);
            if (!SetBool(Tw.DuplexEnabled, job.IsDuplex) && job.IsDuplex) throw new ScanFailure("settings-refused", "CAP_DUPLEXENABLED");
            SetNumber(Tw.PixelType, Tw.TypeUInt16, job.IsColour ? Rgb : Grey);
            SetNumber(Tw.TransferMechanism, Tw.TypeUInt16, Native);
            SetNumber(Tw.TransferCount, Tw.TypeInt16, job.IsFeeder ? EveryPage : 1);
            int dpi = job.Dpi;
            List<double> offered = Values(Tw.XResolution);
            offered.Sort();
            double finer = offered.Find(delegate(double one) { return one >= job.Dpi; });
            if (finer > 0) dpi = (int)finer;
            if (!SetResolution(dpi)) throw new ScanFailure("settings-refused", "ICAP_XRESOLUTION " + dpi);
            if (job.WidthMm != null && job.HeightMm != null) SetArea(job.WidthMm.Value, job.HeightMm.Value);
            return dpi;
        }

        /// <summary>A source that refuses the area scans what it is used to: the page is cropped later anyway.</summary>
        void SetArea(double widthMm, double heightMm)
        {
            TwImageLayout layout = new TwImageLayout
            {
                Right = new TwFix32(widthMm / MmPerInch),
                Bottom = new TwFix32(heightMm / MmPerInch),
                DocumentNumber = 1,
                PageNumber = 1,
                FrameNumber = 1,
            };
            manager.Call(identity, Tw.Image, Tw.ImageLayout, Tw.Set, ref layout);
        }

        void WaitForPages(ScanJob job, PageSink sink, int dpi)
        {
            IntPtr cell = Marshal.AllocHGlobal(Marshal.SizeOf(typeof(WindowMessage)));
            try
            {
                while (true)
                {
                    sink.FailIfCancelled();
                    Windows.MsgWaitForMultipleObjects(0, IntPtr.Zero, false, LookEveryMs, Windows.AllInput);
                    WindowMessage message;
                    while (Windows.PeekMessageW(out message, IntPtr.Zero, 0, 0, Windows.Remove))
                    {
                        Marshal.StructureToPtr(message, cell, false);
                        TwEvent seen = new TwEvent { Message = cell };
                        ushort result = manager.Call(identity, Tw.Control, Tw.Event, Tw.ProcessEvent, ref seen);
                        if (result == Tw.SourceEvent && seen.TwainMessage == Tw.TransferReady)
                        {
                            Transfer(sink, dpi);
                            return;
                        }
                        if (result == Tw.SourceEvent && seen.TwainMessage == Tw.CloseRequest) return;
                        if (result == Tw.SourceEvent) continue;
                        Windows.TranslateMessage(ref message);
                        Windows.DispatchMessageW(ref message);
                    }
                }
            }
            finally
            {
                Marshal.FreeHGlobal(cell);
            }
        }

        void Transfer(PageSink sink, int dpi)
        {
            TwPendingTransfers pending = new TwPendingTransfers();
            try
            {
                do
                {
                    sink.FailIfCancelled();
                    IntPtr[] handle = { IntPtr.Zero };
                    ushort result = TransferOne(handle);
                    if (result == Tw.Cancelled) throw new ScanFailure("cancelled", "stopped at the device");
                    if (result != Tw.TransferDone) throw Tw.Failure(manager.Condition(identity), "DAT_IMAGENATIVEXFER");
                    Take(handle[0], sink, dpi);
                    pending = new TwPendingTransfers();
                    manager.Call(identity, Tw.Control, Tw.PendingTransfers, Tw.EndTransfer, ref pending);
                } while (pending.Count != 0);
            }
            finally
            {
                // What is still under way is given up: otherwise the source stays in its transfer.
                if (pending.Count != 0 || sink.IsCancelled)
                {
                    manager.Call(identity, Tw.Control, Tw.PendingTransfers, Tw.EndTransfer, ref pending);
                    manager.Call(identity, Tw.Control, Tw.PendingTransfers, Tw.Reset, ref pending);
                }
            }
        }

        ushort TransferOne(IntPtr[] handle)
        {
            IntPtr cell = Marshal.AllocHGlobal(IntPtr.Size);
            Marshal.WriteIntPtr(cell, IntPtr.Zero);
            ushort result = manager.Call(identity, Tw.Image, Tw.ImageNativeTransfer, Tw.Get, cell);
            handle[0] = Marshal.ReadIntPtr(cell);
            Marshal.FreeHGlobal(cell);
            return result;
        }

        void Take(IntPtr handle, PageSink sink, int dpi)
        {
            long size = Windows.GlobalSize(handle).ToInt64();
            if (handle == IntPtr.Zero || size <= 0 || size > int.MaxValue) throw new ScanFailure("failed", "a page of " + size + " bytes");
            byte[] bytes = new byte[size];
            Marshal.Copy(manager.Lock(handle), bytes, 0, bytes.Length);
            manager.Unlock(handle);
            manager.FreeMemory(handle);
            sink.Add(new Bitmap(bytes), dpi);
        }

        bool SetBool(ushort capability, bool value)
        {
            return SetNumber(capability, Tw.TypeBool, value ? 1 : 0);
        }

        bool SetNumber(ushort capability, ushort type, int value)
        {
            return SetOneValue(capability, type, unchecked((uint)value) & (type == Tw.TypeInt16 || type == Tw.TypeUInt16 || type == Tw.TypeBool ? 0xFFFFu : 0xFFFFFFFFu));
        }

        bool SetResolution(int dpi)
        {
            uint fixedPoint = (uint)dpi; // the whole part stands first, the fraction is zero
            return SetOneValue(Tw.XResolution, Tw.TypeFix32, fixedPoint) && SetOneValue(Tw.YResolution, Tw.TypeFix32, fixedPoint);
        }

        /// <summary>TW_ONEVALUE: type, then the value in four bytes.</summary>
        bool SetOneValue(ushort capability, ushort type, uint value)
        {
            IntPtr handle = manager.AllocateMemory(6);
            IntPtr memory = manager.Lock(handle);
            Marshal.WriteInt16(memory, unchecked((short)type));
            Marshal.WriteInt32(memory, 2, unchecked((int)value));
            manager.Unlock(handle);
            TwCapability wanted = new TwCapability { Cap = capability, ContainerType = Tw.OneValue, Container = handle };
            ushort result = manager.Call(identity, Tw.Control, Tw.Capability, Tw.Set, ref wanted);
            manager.FreeMemory(handle);
            return result == Tw.Success;
        }

        /// <summary>What a capability is or may be, as numbers; empty for what the source does not have.</summary>
        List<double> Values(ushort capability)
        {
            TwCapability asked = new TwCapability { Cap = capability, ContainerType = 0xFFFF };
            if (manager.Call(identity, Tw.Control, Tw.Capability, Tw.Get, ref asked) != Tw.Success || asked.Container == IntPtr.Zero)
                return new List<double>();
            try
            {
                int size = (int)Math.Min(Windows.GlobalSize(asked.Container).ToInt64(), LargestContainer);
                byte[] bytes = new byte[size];
                Marshal.Copy(manager.Lock(asked.Container), bytes, 0, size);
                return TwainContainer.Read(asked.ContainerType, bytes, WiaDriver.UsualDpis);
            }
            finally
            {
                manager.Unlock(asked.Container);
                manager.FreeMemory(asked.Container);
            }
        }

        public void Dispose()
        {
            TwUserInterface ui = new TwUserInterface { Parent = manager.Window };
            if (isEnabled) manager.Call(identity, Tw.Control, Tw.UserInterface, Tw.DisableSource, ref ui);
            if (isOpen) manager.Call(IntPtr.Zero, Tw.Control, Tw.Identity, Tw.CloseSource, identity);
            isEnabled = isOpen = false;
            Marshal.FreeHGlobal(identity);
        }
    }
}
