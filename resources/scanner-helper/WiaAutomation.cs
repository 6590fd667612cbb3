// WIA 1.0's automation layer, for drivers that fail at WIA 2.0: a transfer a page until the feeder says it is empty. It knows
// no progress, and many drivers give one page only or a blank one at the end; better than no page at all.
using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;

namespace QuayMotCua.ScannerHelper
{
    sealed class WiaAutomation
    {
        const int Feeder = 1;
        const int Flatbed = 2;
        const int Duplex = 4;
        const int OnePage = 1;
        const int MostPages = 2000;
        const int GreyIntent = 2;
        const int ColourIntent = 1;
        const int CurrentIntent = 6146;
        const double MmPerInch = 25.4;

        /// <param name="failed">what WIA 2.0 said: told when this way fails as well</param>
        public void Scan(ScanJob job, PageSink sink, int failed)
        {
            Type type = Type.GetTypeFromProgID("WIA.DeviceManager");
            if (type == null) throw WiaErrors.Of(failed, "no WIA.DeviceManager");
            try
            {
                Transfer(Connect(Activator.CreateInstance(type), job.DeviceId), job, sink);
            }
            catch (COMException error)
            {
                bool isEnd = error.ErrorCode == WiaErrors.PaperEmpty && sink.Count > 0;
                if (!isEnd) throw WiaErrors.Of(error.ErrorCode, "WIA 1.0 after 0x" + failed.ToString("X8"));
            }
        }

        static object Connect(object manager, string deviceId)
        {
            object infos = Get(manager, "DeviceInfos");
            int count = (int)Get(infos, "Count");
            for (int index = 1; index <= count; index++)
            {
                object info = Get(infos, "Item", index);
                if ((string)Get(info, "DeviceID") == deviceId) return Call(info, "Connect");
            }
            throw new ScanFailure("offline", "no device " + deviceId);
        }

        static void Transfer(object device, ScanJob job, PageSink sink)
        {
            object properties = Get(device, "Properties");
            int select = job.IsFeeder ? Feeder | (job.IsDuplex ? Duplex : 0) : Flatbed;
            TrySet(properties, WiaProperties.DocumentHandlingSelect, select);
            TrySet(properties, WiaProperties.Pages, OnePage);
            object item = Get(Get(device, "Items"), "Item", 1);
            object itemProperties = Get(item, "Properties");
            TrySet(itemProperties, CurrentIntent, job.IsColour ? ColourIntent : GreyIntent);
            TrySet(itemProperties, WiaProperties.XResolution, job.Dpi);
            TrySet(itemProperties, WiaProperties.YResolution, job.Dpi);
            if (job.WidthMm != null && job.HeightMm != null)
            {
                TrySet(itemProperties, WiaProperties.XExtent, (int)(job.WidthMm.Value / MmPerInch * job.Dpi));
                TrySet(itemProperties, WiaProperties.YExtent, (int)(job.HeightMm.Value / MmPerInch * job.Dpi));
            }
            string format = WiaDriver.BmpFormat.ToString("B").ToUpperInvariant();
            for (int page = 0; page < (job.IsFeeder ? MostPages : 1); page++)
            {
                sink.FailIfCancelled();
                string file = sink.TemporaryFile(".bmp");
                Call(Call(item, "Transfer", format), "SaveFile", file);
                sink.Add(Bitmap.FromFile(file), job.Dpi);
                File.Delete(file);
            }
        }

        /// <summary>Drivers refuse what they do not have: the page is scanned as they are then.</summary>
        static void TrySet(object properties, int id, int value)
        {
            try
            {
                object property = Get(properties, "Item", id.ToString());
                property.GetType().InvokeMember("Value", BindingFlags.SetProperty, null, property, new object[] { value });
            }
            catch (Exception error)
            {
                if (!(error is COMException) && !(error is TargetInvocationException) && !(error is ArgumentException)) throw;
            }
        }

        static object Get(object target, string name, params object[] arguments)
        {
            return Invoke(target, name, BindingFlags.GetProperty, arguments);
        }

        static object Call(object target, string name, params object[] arguments)
        {
            return Invoke(target, name, BindingFlags.InvokeMethod, arguments);
        }

        static object Invoke(object target, string name, BindingFlags how, object[] arguments)
        {
            try
            {
                return target.GetType().InvokeMember(name, how, null, target, arguments);
            }
            catch (TargetInvocationException error)
            {
                COMException inner = error.InnerException as COMException;
                if (inner == null) throw;
                throw inner;
            }
        }
    }
}
