/// Builtins over strings, and the @formats.
/// Source: jq 1.8 manual, "Format strings and escaping", "split", "trim", "implode".
#include <algorithm>

#include "base/text_encoding.h"
#include "base/utf8.h"
#include "commands/jq/interp.h"
#include "commands/jq/json_read.h"
#include "commands/jq/json_write.h"
#include "commands/jq/natives.h"
#include "commands/jq/number.h"
#include "commands/jq/regex_cache.h"

namespace nacre::jq {
namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kBase32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// ---- formats
std::string escape_html(std::string_view s) {
  std::string out;
  for (char c : s) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '\'': out += "&apos;"; break;
      case '"': out += "&quot;"; break;
      case '\0': out += "\\0"; break;
      default: out += c;
    }
  }
  return out;
}

int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

bool unpercent_encode(std::string_view s, std::string& out) {
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] != '%') {
      out += s[i];
      continue;
    }
    if (i + 2 >= s.size() || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0) return false;
    out += static_cast<char>(hex(s[i + 1]) * 16 + hex(s[i + 2]));
    i += 2;
  }
  return is_valid_utf8(out);
}

std::string quote_shell(std::string_view s) {
  std::string out = "'";
  for (char c : s) {
    if (c == '\'') out += "'\\''";
    else if (c == '\0') out += "\\0";
    else out += c;
  }
  return out + "'";
}

std::string quote_csv(std::string_view s) {
  std::string out = "\"";
  for (char c : s) {
    if (c == '"') out += "\"\"";
    else if (c == '\0') out += "\\0";
    else out += c;
  }
  return out + "\"";
}

std::string escape_tsv(std::string_view s) {
  std::string out;
  for (char c : s) {
    switch (c) {
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\\': out += "\\\\"; break;
      case '\0': out += "\\0"; break;
      default: out += c;
    }
  }
  return out;
}

std::string encode_base32(std::string_view s) {
  std::string out;
  uint64_t acc = 0;
  size_t have = 0;
  for (unsigned char c : s) {
    acc = (acc << 8) | c;
    have += 8;
    while (have >= 5) {
      have -= 5;
      out += kBase32[(acc >> have) & 31];
    }
    acc &= 0xff;
  }
  if (have) out += kBase32[(acc << (5 - have)) & 31];
  while (out.size() % 8) out += '=';
  return out;
}

Value decode_base(Interp& interp, const Value& given, std::string_view s, std::string_view alphabet, size_t bits) {
  std::string out;
  uint64_t acc = 0;
  size_t have = 0, digits = 0;
  for (char c : s) {
    if (c == '=') break;
    size_t d = alphabet.find(c);
    if (d == alphabet.npos) return interp.fail_about(given, bits == 6 ? "is not valid base64 data" : "is not valid base32 data");
    digits++;
    acc = (acc << bits) | d;
    have += bits;
    if (have < 8) continue;
    have -= 8;
    out += static_cast<char>(acc >> have);
    acc &= (uint64_t{1} << have) - 1;
  }
  if (out.empty() && digits) return interp.fail_about(given, bits == 6 ? "trailing base64 byte found" : "trailing base32 byte found");
  return Value::string(is_valid_utf8(out) ? out : valid_utf8(out));
}

Value format_row(Interp& interp, const Value& v, bool csv) {
  if (!v.is_array()) return interp.fail_about(v, csv ? "cannot be csv-formatted, only array" : "cannot be tsv-formatted, only array");
  std::string out;
  for (size_t i = 0; i < v.size(); i++) {
    const Value& x = v.at(i);
    if (i) out += csv ? ',' : '\t';
    if (x.is_string()) out += csv ? quote_csv(x.str()) : escape_tsv(x.str());
    else if (x.is_bool()) out += x.truthy() ? "true" : "false";
    else if (x.is_number()) {
      if (x.num() == x.num()) append_number(out, x);
    } else if (!x.is_null()) return interp.fail_about(x, "is not valid in a csv row");
  }
  return Value::string(out);
}

Value format_shell(Interp& interp, const Value& v) {
  auto one = [&](const Value& x, std::string& out) {
    if (x.is_array() || x.is_object()) {
      interp.fail_about(x, "can not be escaped for shell");
      return false;
    }
    out += x.is_string() ? quote_shell(x.str()) : to_json(x);
    return true;
  };
  std::string out;
  if (!v.is_array()) return one(v, out) ? Value::string(out) : Value();
  for (size_t i = 0; i < v.size(); i++) {
    if (i) out += ' ';
    if (!one(v.at(i), out)) return Value();
  }
  return Value::string(out);
}

// ---- functions
Value f_format(Interp& i, Value& in, Value* a) { return a[0].is_string() ? format_value(i, a[0].str(), in) : i.fail_about(a[0], "is not a valid format"); }

Value f_startswith(Interp& i, Value& in, Value* a) {
  if (!in.is_string() || !a[0].is_string()) return i.fail("startswith() requires string inputs");
  return Value::boolean(in.str().starts_with(a[0].str()));
}

Value f_endswith(Interp& i, Value& in, Value* a) {
  if (!in.is_string() || !a[0].is_string()) return i.fail("endswith() requires string inputs");
  return Value::boolean(in.str().ends_with(a[0].str()));
}

Value f_ltrimstr(Interp& i, Value& in, Value* a) {
  Value starts = f_startswith(i, in, a);
  if (!starts.valid() || !starts.truthy()) return starts.valid() ? std::move(in) : Value();
  return Value::string(in.str().substr(a[0].str().size()));
}

Value f_rtrimstr(Interp& i, Value& in, Value* a) {
  Value ends = f_endswith(i, in, a);
  if (!ends.valid() || !ends.truthy()) return ends.valid() ? std::move(in) : Value();
  return Value::string(in.str().substr(0, in.str().size() - a[0].str().size()));
}

Value f_trimstr(Interp& i, Value& in, Value* a) {
  Value left = f_ltrimstr(i, in, a);
  return left.valid() ? f_rtrimstr(i, left, a) : Value();
}

bool blank(uint32_t c) {
  return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
         c == 0x202f || c == 0x205f || c == 0x3000;
}

Value trim(Interp& i, const Value& in, bool left, bool right) {
  if (!in.is_string()) return i.fail("trim input must be a string");
  std::string_view s = in.str();
  while (left && !s.empty()) {
    auto c = utf8::decode(s);
    if (!blank(c.code)) break;
    s.remove_prefix(c.length);
  }
  while (right && !s.empty()) {
    size_t at = s.size() - 1;
    while (at > 0 && (s[at] & 0xc0) == 0x80) at--;
    if (!blank(utf8::decode(s.substr(at)).code)) break;
    s = s.substr(0, at);
  }
  return Value::string(s);
}
Value f_trim(Interp& i, Value& in, Value*) { return trim(i, in, true, true); }
Value f_ltrim(Interp& i, Value& in, Value*) { return trim(i, in, true, false); }
Value f_rtrim(Interp& i, Value& in, Value*) { return trim(i, in, false, true); }

Value change_case(Interp& i, const Value& in, char from, char to) {
  if (!in.is_string()) return i.fail("explode input must be a string");
  std::string s(in.str());
  for (char& c : s)
    if (c >= from && c <= from + 25) c = static_cast<char>(c - from + to);
  return Value::string(s);
}
Value f_downcase(Interp& i, Value& in, Value*) { return change_case(i, in, 'A', 'a'); }
Value f_upcase(Interp& i, Value& in, Value*) { return change_case(i, in, 'a', 'A'); }

Value f_explode(Interp& i, Value& in, Value*) {
  if (!in.is_string()) return i.fail("explode input must be a string");
  std::string_view s = in.str();
  Value out = Value::array(s.size());
  while (!s.empty()) {
    auto c = utf8::decode(s);
    out.push(Value::number(c.code));
    s.remove_prefix(c.length);
  }
  return out;
}

Value f_implode(Interp& i, Value& in, Value*) {
  if (!in.is_array()) return i.fail("implode input must be an array");
  std::string out;
  for (size_t k = 0; k < in.size(); k++) {
    const Value& c = in.at(k);
    if (!c.is_number() || c.num() != c.num()) return i.fail_about(c, "can't be imploded, unicode codepoint needs to be numeric");
    double n = c.num();
    bool good = n >= 0 && n < 0x110000 && !(n >= 0xd800 && n < 0xe000);
    utf8::append(out, good ? static_cast<uint32_t>(n) : 0xfffd);
  }
  return Value::string(out);
}

Value f_split(Interp& i, Value& in, Value* a) {
  if (!in.is_string() || !a[0].is_string()) return i.fail("split input and separator must be strings");
  return split_text(in.str(), a[0].str());
}

Value f_strindices(Interp& i, Value& in, Value* a) {
  if (!in.is_string()) return i.fail_about(in, "is not a string");
  if (!a[0].is_string()) return i.fail_about(a[0], "is not a string");
  return string_indices(in.str(), a[0].str());
}

Value f_join(Interp& i, Value& in, Value* a) {
  if (!in.is_array() && !in.is_object()) return i.fail("Cannot iterate over " + std::string(kind_name(in)) + " (" + brief(in) + ")");
  Value out = Value::null();
  auto one = [&](const Value& v) {
    if (!out.valid()) return;
    if (out.is_null()) out = Value::string("");
    else out = i.arithmetic(Arith::Add, std::move(out), a[0]);
    if (!out.valid()) return;
    Value text = v.is_null() ? Value::string("") : v.is_bool() || v.is_number() ? Value::string(to_json(v)) : v;
    out = i.arithmetic(Arith::Add, std::move(out), std::move(text));
  };
  if (in.is_array())
    for (size_t k = 0; k < in.size() && out.valid(); k++) one(in.at(k));
  else each_entry(in, [&](const Value&, const Value& v) { one(v); });
  return out.is_null() ? Value::string("") : out;
}

// ---- regular expressions
Value f_match(Interp& i, Value& in, Value* a) {
  bool test = a[2].truthy();
  if (!a[0].is_string() && !a[0].is_array() && in.is_string()) return i.fail(a[0].is_string() ? "" : std::string(kind_name(a[0])) + " not a string or array");
  std::vector<RegexMatch> found;
  if (!i.regexes().find(i, in, a[0], a[1], found, test)) return Value();
  if (test) return Value::boolean(!found.empty());
  Value out = Value::array(found.size());
  size_t byte = 0, point = 0;
  for (const RegexMatch& m : found) out.push(m.object(in.str(), byte, point));
  return out;
}

Value f_split_regex(Interp& i, Value& in, Value* a) {
  std::vector<RegexMatch> found;
  if (!i.regexes().find(i, in, a[0], a[1], found)) return Value();
  Value out = Value::array(found.size() + 1);
  size_t at = 0;
  for (const RegexMatch& m : found) {
    out.push(Value::string(in.str().substr(at, m.begin - at)));
    at = m.end;
  }
  out.push(Value::string(in.str().substr(at)));
  return out;
}

// A match to the values of its named groups.
Value f_captures(Interp& i, Value& in, Value*) {
  Value groups = get(i, in, Value::string("captures")), out = Value::object();
  if (!groups.is_array()) return out;
  for (size_t k = 0; k < groups.size(); k++) {
    const Value* name = groups.at(k).find(Value::string("name"));
    if (name && name->is_string()) out.set(*name, *groups.at(k).find(Value::string("string")));
  }
  return out;
}

constexpr NativeInfo kNatives[] = {
    {"format", 1, f_format},
    {"startswith", 1, f_startswith},
    {"endswith", 1, f_endswith},
    {"ltrimstr", 1, f_ltrimstr},
    {"rtrimstr", 1, f_rtrimstr},
    {"trimstr", 1, f_trimstr},
    {"trim", 0, f_trim},
    {"ltrim", 0, f_ltrim},
    {"rtrim", 0, f_rtrim},
    {"ascii_downcase", 0, f_downcase},
    {"ascii_upcase", 0, f_upcase},
    {"explode", 0, f_explode},
    {"implode", 0, f_implode},
    {"split", 1, f_split},
    {"_strindices", 1, f_strindices},
    {"join", 1, f_join},
    {"_match", 3, f_match},
    {"_split", 2, f_split_regex},
    {"_captures", 0, f_captures},
};

}  // namespace

std::span<const NativeInfo> string_natives() { return kNatives; }

Value string_indices(std::string_view text, std::string_view needle) {
  Value out = Value::array();
  if (needle.empty()) return out;
  size_t at = 0, point = 0;
  for (size_t hit = text.find(needle); hit != text.npos; hit = text.find(needle, hit + 1)) {
    point += codepoints(text.substr(at, hit - at));
    at = hit;
    out.push(Value::number(static_cast<double>(point)));
  }
  return out;
}

Value format_value(Interp& interp, std::string_view format, const Value& v) {
  if (format == "json") return Value::string(to_json(v));
  if (format == "csv" || format == "tsv") return format_row(interp, v, format == "csv");
  if (format == "sh") return format_shell(interp, v);
  Value text = v.is_string() ? v : Value::string(to_json(v));
  std::string_view s = text.str();
  if (format == "text") return text;
  if (format == "html") return Value::string(escape_html(s));
  if (format == "uri") return Value::string(percent_encode(s));
  if (format == "base64") return Value::string(base64_encode(s));
  if (format == "base32") return Value::string(encode_base32(s));
  if (format == "base64d") return decode_base(interp, text, s, kBase64, 6);
  if (format == "base32d") return decode_base(interp, text, s, kBase32, 5);
  if (format == "urid") {
    std::string out;
    return unpercent_encode(s, out) ? Value::string(out) : interp.fail_about(text, "is not a valid uri encoding");
  }
  return interp.fail(std::string(format) + " is not a valid format");
}

}  // namespace nacre::jq
