// The values of a TWAIN capability, out of the bytes they come in.
using System;
using System.Collections.Generic;

namespace QuayMotCua.ScannerHelper
{
    /// <summary>The four containers in which a capability's values come, read from their bytes.</summary>
    static class TwainContainer
    {
        static readonly int[] Sizes = { 1, 2, 4, 1, 2, 4, 2, 4 };

        public static List<double> Read(ushort container, byte[] bytes, int[] usual)
        {
            List<double> values = new List<double>();
            if (bytes.Length < 6) return values;
            ushort type = BitConverter.ToUInt16(bytes, 0);
            if (type >= Sizes.Length) return values;
            if (container == Tw.OneValue) Add(values, type, bytes, 2);
            else if (container == Tw.Array || container == Tw.Enumeration)
            {
                // An enumeration has its current and default place before its items.
                int items = container == Tw.Array ? 6 : 14;
                int count = BitConverter.ToInt32(bytes, 2);
                for (int index = 0; index < count && index < 1000; index++) Add(values, type, bytes, items + index * Sizes[type]);
            }
            else if (container == Tw.Range && bytes.Length >= 14)
            {
                List<double> ends = new List<double>();
                Add(ends, type, bytes, 2);
                Add(ends, type, bytes, 6);
                foreach (int one in usual)
                    if (ends.Count == 2 && one >= ends[0] && one <= ends[1]) values.Add(one);
            }
            return values;
        }

        static void Add(List<double> values, ushort type, byte[] bytes, int at)
        {
            if (at + Sizes[type] > bytes.Length) return;
            if (type == Tw.TypeFix32) values.Add(BitConverter.ToInt16(bytes, at) + BitConverter.ToUInt16(bytes, at + 2) / 65536.0);
            else if (type == 2) values.Add(BitConverter.ToInt32(bytes, at));
            else if (type == 5) values.Add(BitConverter.ToUInt32(bytes, at));
            else if (type == Tw.TypeInt16) values.Add(BitConverter.ToInt16(bytes, at));
            else if (type == Tw.TypeUInt16 || type == Tw.TypeBool) values.Add(BitConverter.ToUInt16(bytes, at));
            else values.Add(bytes[at]);
        }
    }
}
