// A device-independent bitmap as WIA (in a BMP file) and TWAIN (in memory) give it, and the plain TIFF it becomes. Nothing is
// compressed here: the page is on its way to a program that does that, and every reader understands baseline TIFF 6.0.
using System;
using System.IO;

namespace QuayMotCua.ScannerHelper
{
    sealed class Bitmap
    {
        public const int FileHeaderBytes = 14;
        const int MostSide = 60000;
        const int SmallestHeader = 40;

        readonly byte[] data;
        readonly int rows;
        readonly int stride;
        readonly bool isBottomUp;
        readonly byte[] palette;

        public readonly int Width;
        public readonly int Height;
        /// <summary>1, 8, 24 or 32.</summary>
        public readonly int BitsPerPixel;

        /// <param name="data">BITMAPINFOHEADER, palette, rows</param>
        /// <exception cref="ScanFailure">`failed` for what is no such bitmap</exception>
        public Bitmap(byte[] data)
        {
            if (data.Length < SmallestHeader) throw Refused("shorter than its header");
            this.data = data;
            int headerBytes = BitConverter.ToInt32(data, 0);
            Width = BitConverter.ToInt32(data, 4);
            int height = BitConverter.ToInt32(data, 8);
            BitsPerPixel = BitConverter.ToUInt16(data, 14);
            int compression = BitConverter.ToInt32(data, 16);
            int coloursUsed = BitConverter.ToInt32(data, 32);
            bool hasMasks = compression == 3 && headerBytes == SmallestHeader;
            if (headerBytes < SmallestHeader || headerBytes > data.Length) throw Refused("header of " + headerBytes + " bytes");
            if (compression != 0 && !(compression == 3 && BitsPerPixel == 32)) throw Refused("compression " + compression);
            if (Width <= 0 || Width > MostSide) throw Refused("width " + Width);
            if (BitsPerPixel != 1 && BitsPerPixel != 8 && BitsPerPixel != 24 && BitsPerPixel != 32)
                throw Refused(BitsPerPixel + " bits a pixel");
            int colours = BitsPerPixel > 8 ? 0 : (coloursUsed > 0 ? coloursUsed : 1 << BitsPerPixel);
            if (colours < 0 || colours > 256) throw Refused(colours + " colours");
            long start = (long)headerBytes + colours * 4 + (hasMasks ? 12 : 0);
            if (start > data.Length) throw Refused("palette beyond its end");
            palette = new byte[256 * 4];
            Array.Copy(data, headerBytes, palette, 0, colours * 4);
            rows = (int)start;
            stride = (Width * BitsPerPixel + 31) / 32 * 4;
            isBottomUp = height >= 0;
            long there = (data.Length - start) / stride;
            // A feeder does not know how long a sheet is when it writes the header: 0 then means all that came.
            Height = height == 0 ? (int)Math.Min(there, MostSide) : Math.Abs(height);
            if (Height <= 0 || Height > MostSide || Height > there) throw Refused("height " + height + ", rows for " + there);
        }

        public static Bitmap FromFile(string path)
        {
            byte[] file = File.ReadAllBytes(path);
            if (file.Length < FileHeaderBytes || file[0] != 'B' || file[1] != 'M') throw Refused("no BMP file");
            byte[] data = new byte[file.Length - FileHeaderBytes];
            Array.Copy(file, FileHeaderBytes, data, 0, data.Length);
            return new Bitmap(data);
        }

        /// <summary>Every colour is a grey: then one byte a pixel is enough.</summary>
        public bool IsGrey
        {
            get
            {
                if (BitsPerPixel > 8) return false;
                for (int index = 0; index < 1 << BitsPerPixel; index++)
                    if (palette[index * 4] != palette[index * 4 + 1] || palette[index * 4] != palette[index * 4 + 2]) return false;
                return true;
            }
        }

        /// <summary>One row from above, as grey bytes or as RGB.</summary>
        public void ReadRow(int row, byte[] into, bool isGrey)
        {
            int from = rows + (isBottomUp ? Height - 1 - row : row) * stride;
            for (int x = 0, to = 0; x < Width; x++)
            {
                if (BitsPerPixel > 8)
                {
                    int pixel = from + x * BitsPerPixel / 8;
                    into[to++] = data[pixel + 2];
                    into[to++] = data[pixel + 1];
                    into[to++] = data[pixel];
                    continue;
                }
                int index = BitsPerPixel == 8 ? data[from + x] : (data[from + x / 8] >> (7 - x % 8)) & 1;
                if (isGrey) into[to++] = palette[index * 4];
                else
                {
                    into[to++] = palette[index * 4 + 2];
                    into[to++] = palette[index * 4 + 1];
                    into[to++] = palette[index * 4];
                }
            }
        }

        static ScanFailure Refused(string why)
        {
            return new ScanFailure("failed", "the driver's bitmap: " + why);
        }
    }

    static class Tiff
    {
        const ushort Short = 3;
        const ushort Long = 4;
        const ushort Rational = 5;
        const int HeaderBytes = 8;
        const int Tags = 12;

        /// <summary>Baseline TIFF, one strip, grey or RGB, upright.</summary>
        public static void Write(Stream output, Bitmap bitmap, int dpi)
        {
            bool isGrey = bitmap.IsGrey;
            int samples = isGrey ? 1 : 3;
            int rowBytes = bitmap.Width * samples;
            int afterTags = HeaderBytes + 2 + Tags * 12 + 4;
            int bits = afterTags;
            int resolution = bits + 6;
            int strip = resolution + 8;
            BinaryWriter writer = new BinaryWriter(output);
            writer.Write(new byte[] { (byte)'I', (byte)'I', 42, 0 });
            writer.Write(HeaderBytes);
            writer.Write((ushort)Tags);
            Tag(writer, 256, Long, 1, bitmap.Width);
            Tag(writer, 257, Long, 1, bitmap.Height);
            Tag(writer, 258, Short, samples, isGrey ? 8 : bits);
            Tag(writer, 259, Short, 1, 1); // no compression
            Tag(writer, 262, Short, 1, isGrey ? 1 : 2); // black is zero, RGB
            Tag(writer, 273, Long, 1, strip);
            Tag(writer, 277, Short, 1, samples);
            Tag(writer, 278, Long, 1, bitmap.Height);
            Tag(writer, 279, Long, 1, rowBytes * bitmap.Height);
            Tag(writer, 282, Rational, 1, resolution);
            Tag(writer, 283, Rational, 1, resolution);
            Tag(writer, 296, Short, 1, 2); // inch
            writer.Write(0); // no further image
            for (int sample = 0; sample < 3; sample++) writer.Write((ushort)8);
            writer.Write(dpi);
            writer.Write(1);
            byte[] row = new byte[rowBytes];
            for (int y = 0; y < bitmap.Height; y++)
            {
                bitmap.ReadRow(y, row, isGrey);
                writer.Write(row);
            }
            writer.Flush();
        }

        static void Tag(BinaryWriter writer, ushort tag, ushort type, int count, int value)
        {
            writer.Write(tag);
            writer.Write(type);
            writer.Write(count);
            writer.Write(value);
        }
    }
}
