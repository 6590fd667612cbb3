// The helper's side of the protocol (docs/scanners.md): one JSON object a line, in on standard input, out on standard output.
// Built as a 32-bit program, because the TWAIN sources of office scanners are 32-bit libraries.
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

namespace QuayMotCua.ScannerHelper
{
    static class Program
    {
        const int ProtocolVersion = 1;
        const string Version = "1.0";
        const int MostLineChars = 64 * 1024;
        const int AliveEveryMs = 2000;
        /// <summary>After the input ended: a driver ejects the sheet it holds, or is left to the end of the process.</summary>
        const int EndMs = 1500;
        const int StdOutputHandle = -11;

        static readonly object Gate = new object();
        static Stream output;
        static Driver driver;
        static PageSink running;
        static int runningSeq;

        [DllImport("kernel32.dll")]
        static extern bool SetStdHandle(int which, IntPtr handle);

        static int Main(string[] args)
        {
            driver = ChooseDriver(args);
            if (driver == null)
            {
                Console.Error.WriteLine("usage: scanner-helper --driver=wia|twain|test");
                return 64;
            }
            output = Console.OpenStandardOutput();
            KeepOthersOffTheOutput();
            Say("kind", "hello", "protocol", ProtocolVersion, "driver", driver.Name, "version", Version);
            using (new Timer(delegate { SayAlive(); }, null, AliveEveryMs, AliveEveryMs))
            {
                int code = Listen(new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false)));
                PageSink last = running;
                if (last != null) last.Cancel();
                for (int waited = 0; running != null && waited < EndMs; waited += 50) Thread.Sleep(50);
                // Hard: a driver may hang when its library is unloaded.
                Environment.Exit(code);
                return code;
            }
        }

        static Driver ChooseDriver(string[] args)
        {
            foreach (string arg in args)
            {
                if (arg == "--driver=wia") return new WiaDriver();
                if (arg == "--driver=twain") return new TwainDriver();
                if (arg == "--driver=test") return new TestPatternDriver();
            }
            return null;
        }

        /// <summary>Libraries of strangers write to standard output: from here on that goes nowhere.</summary>
        static void KeepOthersOffTheOutput()
        {
            Console.SetOut(TextWriter.Null);
            if (Environment.OSVersion.Platform == PlatformID.Win32NT) SetStdHandle(StdOutputHandle, IntPtr.Zero);
        }

        static int Listen(TextReader input)
        {
            while (true)
            {
                string line = ReadLine(input);
                if (line == null) return 0;
                if (line.Length > MostLineChars) return 2;
                if (line.Trim() == "") continue;
                try
                {
                    Take((Dictionary<string, object>)Json.Read(line));
                }
                catch (FormatException error)
                {
                    Console.Error.WriteLine("no command: " + error.Message);
                    return 2;
                }
                catch (InvalidCastException)
                {
                    Console.Error.WriteLine("no command");
                    return 2;
                }
            }
        }

        /// <summary>Longer by one than what is allowed, at most: a line without end costs no memory.</summary>
        static string ReadLine(TextReader input)
        {
            StringBuilder line = new StringBuilder();
            while (true)
            {
                int c = input.Read();
                if (c < 0) return line.Length == 0 ? null : line.ToString();
                if (c == '\n') return line.ToString();
                line.Append((char)c);
                if (line.Length > MostLineChars) return line.ToString();
            }
        }

        static void Take(Dictionary<string, object> command)
        {
            int seq = (int)(double)Field(command, "seq");
            string name = (string)Field(command, "do");
            if (name == "cancel")
            {
                PageSink sink = running;
                if (sink != null && runningSeq == seq) sink.Cancel();
                return;
            }
            if (name != "list" && name != "scan")
            {
                SayError(seq, "failed", "unknown command " + name);
                return;
            }
            if (running != null)
            {
                SayError(seq, "busy", "another command is running");
                return;
            }
            string folder = name == "scan" ? (string)Field(command, "folder") : Path.GetTempPath();
            runningSeq = seq;
            PageSink fresh = new PageSink(
                folder,
                delegate(string file, long sizeBytes, int dpi)
                {
                    Say("kind", "page", "seq", seq, "file", file, "sizeBytes", sizeBytes, "dpi", dpi);
                },
                delegate(int percent) { Say("kind", "progress", "seq", seq, "percent", percent); });
            ScanJob job = name == "scan" ? ReadJob(command) : null;
            running = fresh;
            Thread worker = new Thread(delegate() { Work(seq, job, fresh); });
            worker.SetApartmentState(ApartmentState.STA); // both WIA's callbacks and TWAIN's windows want one
            worker.IsBackground = true;
            worker.Start();
        }

        static void Work(int seq, ScanJob job, PageSink sink)
        {
            try
            {
                if (job == null)
                    foreach (Device device in driver.List())
                        Say("kind", "device", "seq", seq, "id", device.Id, "name", device.Name, "sources", device.Sources, "dpis", device.Dpis);
                else driver.Scan(job, sink);
                running = null;
                Say("kind", "done", "seq", seq);
            }
            catch (ScanFailure failure)
            {
                running = null;
                SayError(seq, failure.Code, failure.Message);
            }
            catch (Exception error)
            {
                running = null;
                SayError(seq, "failed", error.GetType().Name + ": " + error.Message);
            }
        }

        static ScanJob ReadJob(Dictionary<string, object> command)
        {
            return new ScanJob
            {
                DeviceId = (string)Field(command, "device"),
                Source = (string)Field(command, "source"),
                Dpi = (int)(double)Field(command, "dpi"),
                IsColour = (bool)Field(command, "colour"),
                WidthMm = (double?)Field(command, "widthMm"),
                HeightMm = (double?)Field(command, "heightMm"),
            };
        }

        static object Field(Dictionary<string, object> command, string name)
        {
            object value;
            if (!command.TryGetValue(name, out value)) throw new FormatException("no " + name);
            return value;
        }

        static void SayAlive()
        {
            if (running != null) Say("kind", "alive");
        }

        static void SayError(int seq, string code, string detail)
        {
            string shown = detail.Length > 400 ? detail.Substring(0, 400) : detail;
            Say("kind", "error", "seq", seq, "code", code, "detail", shown);
        }

        static void Say(params object[] namesAndValues)
        {
            Dictionary<string, object> message = new Dictionary<string, object>();
            for (int index = 0; index < namesAndValues.Length; index += 2)
                message[(string)namesAndValues[index]] = namesAndValues[index + 1];
            byte[] line = Encoding.UTF8.GetBytes(Json.Write(message) + "\n");
            lock (Gate)
            {
                try
                {
                    output.Write(line, 0, line.Length);
                    output.Flush();
                }
                catch (IOException)
                {
                    Environment.Exit(3); // nobody listens any more
                }
            }
        }
    }
}
