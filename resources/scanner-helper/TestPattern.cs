// A driver without a device: for trying the helper on a PC before the scanner is there, and for its own tests. The feeder
// holds as many sheets as the device's name says (`pattern-3`); a sheet shows where it is up and which side it is.
using System;
using System.Collections.Generic;
using System.Threading;

namespace QuayMotCua.ScannerHelper
{
    sealed class TestPatternDriver : Driver
    {
        const string Prefix = "pattern-";
        const double MmPerInch = 25.4;

        public override string Name { get { return "test"; } }

        public override List<Device> List()
        {
            Device device = new Device { Id = Prefix + "3", Name = "Test pattern" };
            device.Sources.AddRange(new[] { "adf-duplex", "adf", "flatbed" });
            device.Dpis.AddRange(new[] { 50, 100, 200, 300 });
            return new List<Device> { device };
        }

        public override void Scan(ScanJob job, PageSink sink)
        {
            int sheets;
            if (!job.DeviceId.StartsWith(Prefix) || !int.TryParse(job.DeviceId.Substring(Prefix.Length), out sheets))
                throw new ScanFailure("offline", "no device " + job.DeviceId);
            if (!job.IsFeeder) sheets = 1;
            if (sheets == 0) throw new ScanFailure("feeder-empty", "no sheet");
            for (int page = 0; page < sheets * (job.IsDuplex ? 2 : 1); page++)
            {
                sink.FailIfCancelled();
                sink.Progress(50);
                if (job.DeviceId.Length > Prefix.Length + 2) Thread.Sleep(20); // many sheets: time to be cancelled
                sink.Add(Draw(job, page), job.Dpi);
            }
        }

        /// <summary>Red above, green below, and the number of the page as the shade of blue.</summary>
        static Bitmap Draw(ScanJob job, int page)
        {
            int width = Pixels(job.WidthMm ?? 216, job.Dpi);
            int height = Pixels(job.HeightMm ?? 297, job.Dpi);
            int bytes = job.IsColour ? 3 : 1;
            int stride = (width * bytes * 8 + 31) / 32 * 4;
            int palette = job.IsColour ? 0 : 1024;
            byte[] data = new byte[40 + palette + stride * height];
            BitConverter.GetBytes(40).CopyTo(data, 0);
            BitConverter.GetBytes(width).CopyTo(data, 4);
            BitConverter.GetBytes(height).CopyTo(data, 8);
            BitConverter.GetBytes((short)1).CopyTo(data, 12);
            BitConverter.GetBytes((short)(bytes * 8)).CopyTo(data, 14);
            for (int index = 0; index < palette / 4; index++)
                for (int part = 0; part < 3; part++) data[40 + index * 4 + part] = (byte)index;
            for (int y = 0; y < height; y++)
            {
                bool isUpperHalf = y >= height / 2; // rows are stored from below
                for (int x = 0; x < width; x++)
                {
                    int at = 40 + palette + y * stride + x * bytes;
                    if (!job.IsColour) data[at] = (byte)(isUpperHalf ? 200 : 50);
                    else
                    {
                        data[at] = (byte)(page * 20);
                        data[at + 1] = (byte)(isUpperHalf ? 0 : 255);
                        data[at + 2] = (byte)(isUpperHalf ? 255 : 0);
                    }
                }
            }
            return new Bitmap(data);
        }

        static int Pixels(double mm, int dpi)
        {
            return Math.Max(1, (int)Math.Round(mm / MmPerInch * dpi));
        }
    }
}
