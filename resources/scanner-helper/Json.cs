// JSON for one line at a time: what the protocol needs and no more (RFC 8259). Numbers are doubles, objects dictionaries.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace QuayMotCua.ScannerHelper
{
    static class Json
    {
        const int MostDepth = 16;

        public static string Write(object value)
        {
            StringBuilder text = new StringBuilder();
            Append(text, value);
            return text.ToString();
        }

        static void Append(StringBuilder text, object value)
        {
            if (value == null) text.Append("null");
            else if (value is bool) text.Append((bool)value ? "true" : "false");
            else if (value is string) AppendString(text, (string)value);
            else if (value is int || value is long || value is double)
                text.Append(Convert.ToDouble(value).ToString("R", CultureInfo.InvariantCulture));
            else if (value is IDictionary<string, object>) AppendObject(text, (IDictionary<string, object>)value);
            else AppendArray(text, (System.Collections.IEnumerable)value);
        }

        static void AppendObject(StringBuilder text, IDictionary<string, object> value)
        {
            string separator = "{";
            foreach (KeyValuePair<string, object> pair in value)
            {
                text.Append(separator);
                AppendString(text, pair.Key);
                text.Append(':');
                Append(text, pair.Value);
                separator = ",";
            }
            text.Append(separator == "{" ? "{}" : "}");
        }

        static void AppendArray(StringBuilder text, System.Collections.IEnumerable value)
        {
            string separator = "[";
            foreach (object item in value)
            {
                text.Append(separator);
                Append(text, item);
                separator = ",";
            }
            text.Append(separator == "[" ? "[]" : "]");
        }

        static void AppendString(StringBuilder text, string value)
        {
            text.Append('"');
            foreach (char c in value)
            {
                if (c == '"' || c == '\\') text.Append('\\').Append(c);
                else if (c < ' ' || char.IsSurrogate(c)) text.Append("\\u").Append(((int)c).ToString("x4"));
                else text.Append(c);
            }
            text.Append('"');
        }

        /// <exception cref="FormatException">for anything that is not one JSON value</exception>
        public static object Read(string text)
        {
            int at = 0;
            object value = ReadValue(text, ref at, 0);
            SkipSpace(text, ref at);
            if (at != text.Length) throw new FormatException("more after the value");
            return value;
        }

        static object ReadValue(string text, ref int at, int depth)
        {
            if (depth > MostDepth) throw new FormatException("too deep");
            SkipSpace(text, ref at);
            char c = Peek(text, at);
            if (c == '{') return ReadObject(text, ref at, depth);
            if (c == '[') return ReadArray(text, ref at, depth);
            if (c == '"') return ReadString(text, ref at);
            if (Takes(text, ref at, "true")) return true;
            if (Takes(text, ref at, "false")) return false;
            if (Takes(text, ref at, "null")) return null;
            int start = at;
            while (at < text.Length && "+-.eE0123456789".IndexOf(text[at]) >= 0) at++;
            double number;
            string digits = text.Substring(start, at - start);
            if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
                throw new FormatException("no value at " + start);
            return number;
        }

        static object ReadObject(string text, ref int at, int depth)
        {
            Dictionary<string, object> value = new Dictionary<string, object>();
            at++;
            SkipSpace(text, ref at);
            if (Peek(text, at) == '}') { at++; return value; }
            while (true)
            {
                SkipSpace(text, ref at);
                if (Peek(text, at) != '"') throw new FormatException("no name");
                string name = ReadString(text, ref at);
                SkipSpace(text, ref at);
                if (!Takes(text, ref at, ":")) throw new FormatException("no colon");
                value[name] = ReadValue(text, ref at, depth + 1);
                SkipSpace(text, ref at);
                if (Takes(text, ref at, "}")) return value;
                if (!Takes(text, ref at, ",")) throw new FormatException("no comma");
            }
        }

        static object ReadArray(string text, ref int at, int depth)
        {
            List<object> value = new List<object>();
            at++;
            SkipSpace(text, ref at);
            if (Takes(text, ref at, "]")) return value;
            while (true)
            {
                value.Add(ReadValue(text, ref at, depth + 1));
                SkipSpace(text, ref at);
                if (Takes(text, ref at, "]")) return value;
                if (!Takes(text, ref at, ",")) throw new FormatException("no comma");
            }
        }

        static string ReadString(string text, ref int at)
        {
            StringBuilder value = new StringBuilder();
            at++;
            while (true)
            {
                char c = Peek(text, at++);
                if (c == '"') return value.ToString();
                if (c < ' ') throw new FormatException("string without end");
                value.Append(c == '\\' ? ReadEscape(text, ref at) : c);
            }
        }

        static char ReadEscape(string text, ref int at)
        {
            char c = Peek(text, at++);
            if (c != 'u')
            {
                int index = "\"\\/bfnrt".IndexOf(c);
                if (index < 0) throw new FormatException("unknown escape");
                return "\"\\/\b\f\n\r\t"[index];
            }
            int code;
            if (at + 4 > text.Length) throw new FormatException("short escape");
            string digits = text.Substring(at, 4);
            if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code))
                throw new FormatException("no hex digits");
            at += 4;
            return (char)code;
        }

        static void SkipSpace(string text, ref int at)
        {
            while (at < text.Length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) at++;
        }

        static bool Takes(string text, ref int at, string expected)
        {
            if (string.CompareOrdinal(text, at, expected, 0, expected.Length) != 0) return false;
            at += expected.Length;
            return true;
        }

        static char Peek(string text, int at)
        {
            return at < text.Length ? text[at] : '\0';
        }
    }
}
