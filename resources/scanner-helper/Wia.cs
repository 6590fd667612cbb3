// WIA 2.0: one item for the glass, one for the feeder; one download gives the whole stack, a stream a page. Where a driver
// fails at that, the automation layer of WIA 1.0 is tried (WiaAutomation.cs).
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.ComTypes;

namespace QuayMotCua.ScannerHelper
{
    sealed class WiaDriver : Driver
    {
        public const int ScannerType = 1;
        public static readonly int[] UsualDpis = { 75, 100, 150, 200, 240, 300, 400, 600 };
        public static readonly Guid BmpFormat = new Guid("B96B3CAB-0728-11D3-9D7B-0000F81EF32E");

        const int LocalDevices = 0x10;
        const int CanFeed = 1;
        const int CanFlatbed = 2;
        const int CanDuplex = 4;
        const int SelectFeeder = 0x001;
        const int SelectDuplex = 0x004;
        const int SelectFrontFirst = 0x008;
        const int SelectFrontOnly = 0x020;
        const int AllPages = 0;
        const int TymedFile = 2;
        const int Grey = 2;
        const int Colour = 3;
        const double MmPerInch = 25.4;
        static readonly Guid ManagerClass = new Guid("B6C292BC-7C88-41EE-8B54-8EC92617E599");
        static readonly Guid FlatbedCategory = new Guid("FB607B1F-43F3-488B-855B-FB703EC342A6");
        static readonly Guid FeederCategory = new Guid("FE131934-F84C-42AD-8DA4-6129CDDD7288");

        public override string Name { get { return "wia"; } }

        public override List<Device> List()
        {
            IWiaDevMgr2 manager = OpenManager();
            IEnumWiaDevInfo found;
            Check(manager.EnumDeviceInfo(LocalDevices, out found), "EnumDeviceInfo");
            List<Device> devices = new List<Device>();
            IWiaPropertyStorage info;
            uint fetched;
            while (found.Next(1, out info, out fetched) == 0 && fetched == 1)
            {
                WiaProperties properties = new WiaProperties(info);
                // The kind of device is in the upper half: scanner, camera, video.
                if ((properties.ReadNumber(WiaProperties.DeviceType) ?? 0) >> 16 != ScannerType) continue;
                string id = properties.ReadText(WiaProperties.DeviceId);
                if (string.IsNullOrEmpty(id)) continue;
                string name = properties.ReadText(WiaProperties.DeviceName) ?? id;
                Device device = new Device { Id = id, Name = name.Length > 200 ? name.Substring(0, 200) : name };
                Describe(manager, device);
                devices.Add(device);
            }
            return devices;
        }

        /// <summary>A device that is switched off is in the list without knowing what it can do: glass and feeder are tried.</summary>
        static void Describe(IWiaDevMgr2 manager, Device device)
        {
            IWiaItem2 root;
            if (manager.CreateDevice(0, device.Id, out root) != 0)
            {
                device.Sources.AddRange(new[] { "adf", "flatbed" });
                return;
            }
            int can = new WiaProperties(root).ReadNumber(WiaProperties.DocumentHandlingCapabilities) ?? 0;
            IWiaItem2 feeder = FindItem(root, FeederCategory);
            IWiaItem2 glass = FindItem(root, FlatbedCategory);
            if (feeder != null) can |= CanFeed | (new WiaProperties(feeder).ReadNumber(WiaProperties.DocumentHandlingCapabilities) ?? 0) & CanDuplex;
            if (glass != null || can == 0) can |= CanFlatbed;
            if ((can & CanFeed) != 0 && (can & CanDuplex) != 0) device.Sources.Add("adf-duplex");
            if ((can & CanFeed) != 0) device.Sources.Add("adf");
            if ((can & CanFlatbed) != 0) device.Sources.Add("flatbed");
            object item = feeder ?? glass;
            if (item != null) device.Dpis.AddRange(new WiaProperties(item).Choices(WiaProperties.XResolution, UsualDpis));
        }

        public override void Scan(ScanJob job, PageSink sink)
        {
            int result = Download(job, sink);
            if (sink.IsCancelled || result == 1) throw new ScanFailure("cancelled", "WIA stopped"); // S_FALSE: stopped at the device
            bool isEnd = result == 0 || result == WiaErrors.NoMorePages || (result == WiaErrors.PaperEmpty && sink.Count > 0);
            if (isEnd && sink.Count > 0) return;
            if (isEnd) throw new ScanFailure("feeder-empty", "no page came");
            // Drivers of the old kind fail at WIA 2.0 in ways that have no name; if nothing came yet, their own way is tried.
            if (sink.Count == 0 && !WiaErrors.IsKnown(result)) new WiaAutomation().Scan(job, sink, result);
            else throw WiaErrors.Of(result, "IWiaTransfer.Download");
        }

        static int Download(ScanJob job, PageSink sink)
        {
            IWiaItem2 root;
            int opened = OpenManager().CreateDevice(0, job.DeviceId, out root);
            if (opened != 0) return opened;
            IWiaItem2 item = FindItem(root, job.IsFeeder ? FeederCategory : FlatbedCategory);
            if (item == null) throw new ScanFailure("settings-refused", "the device has no " + job.Source);
            int dpi = Prepare(new WiaProperties(item), job);
            PageStreams pages = new PageStreams(sink, dpi);
            int result = ((IWiaTransfer)item).Download(0, pages);
            pages.Finish(result == 0 || result == WiaErrors.NoMorePages || result == WiaErrors.PaperEmpty);
            if (pages.Trouble != null) throw pages.Trouble;
            return result;
        }

        /// <returns>the resolution the device took</returns>
        static int Prepare(WiaProperties item, ScanJob job)
        {
            if (job.IsFeeder)
            {
                // WIA 2 has it on the item of the feeder; some drivers want the order said, some want to hear of the feeder too.
                int[] ways = job.IsDuplex
                    ? new[] { SelectDuplex | SelectFrontFirst, SelectDuplex, SelectDuplex | SelectFeeder }
                    : new[] { SelectFrontOnly, SelectFrontOnly | SelectFeeder };
                bool isTaken = Array.Exists(ways, delegate(int way) { return item.Write(WiaProperties.DocumentHandlingSelect, way) == 0; });
                if (!isTaken && job.IsDuplex) throw new ScanFailure("settings-refused", "DOCUMENT_HANDLING_SELECT");
                item.Write(WiaProperties.Pages, AllPages);
            }
            int[] dpis = item.Choices(WiaProperties.XResolution, UsualDpis);
            Array.Sort(dpis);
            int dpi = job.Dpi;
            if (dpis.Length > 0)
            {
                dpi = Array.Find(dpis, delegate(int one) { return one >= job.Dpi; });
                if (dpi == 0) dpi = dpis[dpis.Length - 1];
            }
            Check(item.Write(WiaProperties.XResolution, dpi), "XRES " + dpi);
            Check(item.Write(WiaProperties.YResolution, dpi), "YRES " + dpi);
            item.Write(WiaProperties.DataType, job.IsColour ? Colour : Grey);
            SetArea(item, job, dpi);
            Check(item.Write(WiaProperties.Tymed, TymedFile), "TYMED");
            Check(item.Write(WiaProperties.Format, BmpFormat), "FORMAT");
            return item.ReadNumber(WiaProperties.XResolution) ?? dpi;
        }

        /// <summary>Never more than the device has; a device that tells no size decides for itself.</summary>
        static void SetArea(WiaProperties item, ScanJob job, int dpi)
        {
            int? mostWidth = item.ReadNumber(WiaProperties.MaxHorizontalSize);
            int? mostHeight = item.ReadNumber(WiaProperties.MaxVerticalSize);
            if (mostWidth == null || mostHeight == null) return;
            item.Write(WiaProperties.XPosition, 0);
            item.Write(WiaProperties.YPosition, 0);
            item.Write(WiaProperties.XExtent, Extent(job.WidthMm, mostWidth.Value, dpi));
            item.Write(WiaProperties.YExtent, Extent(job.HeightMm, mostHeight.Value, dpi));
        }

        static int Extent(double? wantedMm, int mostThousandths, int dpi)
        {
            double most = mostThousandths / 1000.0;
            double wanted = wantedMm == null ? most : Math.Min(most, wantedMm.Value / MmPerInch);
            return Math.Max(1, (int)(wanted * dpi));
        }

        static IWiaItem2 FindItem(IWiaItem2 root, Guid category)
        {
            IEnumWiaItem2 items;
            if (root.EnumChildItems(IntPtr.Zero, out items) != 0 || items == null) return null;
            IWiaItem2 item;
            uint fetched;
            Guid found;
            while (items.Next(1, out item, out fetched) == 0 && fetched == 1)
                if (item.GetItemCategory(out found) == 0 && found == category) return item;
            return null;
        }

        static IWiaDevMgr2 OpenManager()
        {
            if (Environment.OSVersion.Platform != PlatformID.Win32NT) throw new ScanFailure("unavailable", "WIA is part of Windows");
            try
            {
                return (IWiaDevMgr2)Activator.CreateInstance(Type.GetTypeFromCLSID(ManagerClass, true));
            }
            catch (COMException error)
            {
                throw WiaErrors.Of(error.ErrorCode, "IWiaDevMgr2");
            }
            catch (InvalidCastException error)
            {
                throw new ScanFailure("unavailable", "IWiaDevMgr2: " + error.Message); // only WIA 1.0: Windows XP
            }
        }

        static void Check(int result, string doing)
        {
            if (result < 0) throw WiaErrors.Of(result, doing);
        }
    }

    /// <summary>A file for each page. A page is whole when the next one begins or the transfer has ended well.</summary>
    sealed class PageStreams : IWiaTransferCallback
    {
        const int StatusMessage = 1;
        const int EndOfStream = 2;
        const int Stopped = 1; // S_FALSE
        const uint CreateForWriting = 0x1000 | 0x0002 | 0x0010; // STGM_CREATE, READWRITE, SHARE_EXCLUSIVE
        const uint NormalFile = 0x80;

        readonly PageSink sink;
        readonly int dpi;
        IStream stream;
        string file;

        /// <summary>What stopped us, where nothing may be thrown.</summary>
        public ScanFailure Trouble { get; private set; }

        public PageStreams(PageSink sink, int dpi)
        {
            this.sink = sink;
            this.dpi = dpi;
        }

        public int TransferCallback(int flags, ref WiaTransferParams parameters)
        {
            if (sink.IsCancelled) return Stopped;
            if (parameters.Message == StatusMessage) sink.Progress(parameters.PercentComplete);
            if (parameters.Message == EndOfStream) return TryFinishPage();
            return 0;
        }

        public int GetNextStream(int flags, string itemName, string fullItemName, out IStream destination)
        {
            destination = null;
            if (sink.IsCancelled) return Stopped;
            int finished = TryFinishPage();
            if (finished != 0) return finished;
            file = sink.TemporaryFile(".bmp");
            int result = PropVariant.SHCreateStreamOnFileEx(file, CreateForWriting, NormalFile, true, IntPtr.Zero, out stream);
            destination = stream;
            return result;
        }

        /// <summary>After the transfer: the last page counts when it ended well, half a page never.</summary>
        public void Finish(bool isWell)
        {
            if (isWell) FinishPage();
            else CloseStream();
        }

        /// <summary>No exception leaves into WIA: it would end as any error at all.</summary>
        int TryFinishPage()
        {
            try
            {
                FinishPage();
                return 0;
            }
            catch (Exception error)
            {
                Trouble = error as ScanFailure ?? new ScanFailure("failed", error.Message);
                return Stopped;
            }
        }

        void FinishPage()
        {
            if (file == null) return;
            string finished = file;
            CloseStream();
            if (!File.Exists(finished) || new FileInfo(finished).Length == 0) return;
            sink.Add(Bitmap.FromFile(finished), dpi);
            File.Delete(finished);
        }

        void CloseStream()
        {
            if (stream != null) Marshal.FinalReleaseComObject(stream);
            stream = null;
            file = null;
        }
    }
}
