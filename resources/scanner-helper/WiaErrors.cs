// What WIA answers, in the words of the protocol (wiaerr.h, winerror.h).
using System.Collections.Generic;

namespace QuayMotCua.ScannerHelper
{
    static class WiaErrors
    {
        public const int NoMorePages = 0x00210001;
        public const int PaperEmpty = unchecked((int)0x80210003);
        public const int ClassNotRegistered = unchecked((int)0x80040154);
        const int ServiceDisabled = unchecked((int)0x80070422);
        const int RpcUnavailable = unchecked((int)0x800706BA);
        const int InvalidArgument = unchecked((int)0x80070057);

        static readonly Dictionary<int, string> Codes = new Dictionary<int, string>
        {
            { unchecked((int)0x80210002), "jam" },
            { PaperEmpty, "feeder-empty" },
            { unchecked((int)0x80210004), "jam" }, // paper problem
            { unchecked((int)0x80210005), "offline" },
            { unchecked((int)0x80210006), "busy" },
            { unchecked((int)0x80210007), "busy" }, // warming up
            { unchecked((int)0x80210008), "failed" }, // user intervention
            { unchecked((int)0x8021000A), "offline" }, // communication
            { unchecked((int)0x8021000D), "busy" }, // locked
            { unchecked((int)0x80210016), "cover-open" },
            { unchecked((int)0x80210020), "double-feed" },
            { ClassNotRegistered, "unavailable" },
            { ServiceDisabled, "unavailable" },
            { RpcUnavailable, "unavailable" },
            { InvalidArgument, "settings-refused" },
        };

        /// <summary>What WIA itself has a name for; anything else may be a driver that another way can talk to.</summary>
        public static bool IsKnown(int result)
        {
            return Codes.ContainsKey(result);
        }

        public static ScanFailure Of(int result, string doing)
        {
            string code;
            if (!Codes.TryGetValue(result, out code)) code = "failed";
            return new ScanFailure(code, "0x" + result.ToString("X8") + " " + doing);
        }
    }
}
