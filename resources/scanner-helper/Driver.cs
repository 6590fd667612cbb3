// What a kind of driver (WIA, TWAIN, the test pattern) offers to the protocol, and what it is given to work with.
using System;
using System.Collections.Generic;
using System.IO;

namespace QuayMotCua.ScannerHelper
{
    sealed class Device
    {
        public string Id;
        public string Name;
        public List<string> Sources = new List<string>();
        public List<int> Dpis = new List<int>();
    }

    sealed class ScanJob
    {
        public string DeviceId;
        /// <summary>`flatbed`, `adf` or `adf-duplex`.</summary>
        public string Source;
        public int Dpi;
        public bool IsColour;
        /// <summary>Null: all that the device has.</summary>
        public double? WidthMm;
        public double? HeightMm;

        public bool IsFeeder { get { return Source != "flatbed"; } }
        public bool IsDuplex { get { return Source == "adf-duplex"; } }
    }

    /// <summary>One of the protocol's errors; `Code` is of its closed set.</summary>
    sealed class ScanFailure : Exception
    {
        public readonly string Code;

        public ScanFailure(string code, string detail) : base(detail)
        {
            Code = code;
        }
    }

    abstract class Driver
    {
        public abstract string Name { get; }

        public abstract List<Device> List();

        /// <summary>One stack. Returns when the feeder is empty after at least one page, or after the page on the glass.</summary>
        /// <exception cref="ScanFailure">with the pages before it announced</exception>
        public abstract void Scan(ScanJob job, PageSink sink);
    }

    /// <summary>Where pages go: a file is written under another name, closed, renamed, then announced.</summary>
    sealed class PageSink
    {
        public delegate void Announcement(string file, long sizeBytes, int dpi);

        readonly string folder;
        readonly Announcement announce;
        readonly Action<int> progress;
        volatile bool isCancelled;
        int lastPercent = -1;

        public PageSink(string folder, Announcement announce, Action<int> progress)
        {
            this.folder = folder;
            this.announce = announce;
            this.progress = progress;
        }

        public int Count { get; private set; }

        public bool IsCancelled { get { return isCancelled; } }

        public void Cancel()
        {
            isCancelled = true;
        }

        /// <exception cref="ScanFailure">when somebody asked to stop</exception>
        public void FailIfCancelled()
        {
            if (isCancelled) throw new ScanFailure("cancelled", "asked to stop");
        }

        /// <summary>A file for what a driver writes by itself; it is gone at the end of the scan.</summary>
        public string TemporaryFile(string extension)
        {
            return Path.Combine(folder, "raw" + (Count + 1).ToString("0000") + extension);
        }

        public void Progress(int percent)
        {
            if (percent == lastPercent || percent < 0 || percent > 100) return;
            lastPercent = percent;
            progress(percent);
        }

        /// <summary>Writes one page as TIFF.</summary>
        public void Add(Bitmap bitmap, int dpi)
        {
            string name = "p" + (Count + 1).ToString("0000") + ".tif";
            string unfinished = Path.Combine(folder, name + ".part");
            using (FileStream file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
                Tiff.Write(file, bitmap, dpi);
            string path = Path.Combine(folder, name);
            File.Move(unfinished, path);
            Count++;
            lastPercent = -1;
            announce(name, new FileInfo(path).Length, dpi);
        }
    }
}
