// TWAIN: every installed source whose device answers. Each command opens and closes everything: a source that another program
// wants is not held between two scans.
using System.Collections.Generic;

namespace QuayMotCua.ScannerHelper
{
    sealed class TwainDriver : Driver
    {
        public override string Name { get { return "twain"; } }

        public override List<Device> List()
        {
            using (TwainManager manager = new TwainManager())
            {
                List<Device> devices = new List<Device>();
                foreach (TwIdentity source in manager.Sources())
                {
                    Device device = new Device { Id = source.ProductName, Name = source.ProductName };
                    if (source.ProductName == "" || source.ProductName.StartsWith("WIA-")) continue; // WIA's own bridge: listed there
                    try
                    {
                        using (TwainSource opened = new TwainSource(manager, source)) opened.Describe(device);
                    }
                    catch (ScanFailure)
                    {
                        continue; // installed, but its device is not there
                    }
                    devices.Add(device);
                }
                return devices;
            }
        }

        public override void Scan(ScanJob job, PageSink sink)
        {
            using (TwainManager manager = new TwainManager())
            {
                TwIdentity found = manager.Sources().Find(delegate(TwIdentity one) { return one.ProductName == job.DeviceId; });
                if (found == null) throw new ScanFailure("offline", "no source " + job.DeviceId);
                using (TwainSource source = new TwainSource(manager, found)) source.Scan(job, sink);
            }
        }
    }
}
