/// od - dump files in octal and other formats.
/// Source: GNU coreutils 9 manual, "od invocation"; POSIX XCU od.
/// Differs: long doubles (-t fL) are those of the machine: none where they are not 16 bytes.
#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstring>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: od [OPTION]... [FILE]...\n"
    "  or:  od [-abcdfilosx]... [FILE] [[+]OFFSET[b]]\n"
    "  or:  od --traditional [OPTION]... [FILE] [[+]OFFSET[b] [+][LABEL][b]]\n"
    "Write an unambiguous representation, octal bytes by default, of FILE to standard output.\n\n"
    "  -A, --address-radix=RADIX   output format for file offsets: d, o, x, or n for none\n"
    "      --endian={big|little}   swap input bytes according the specified order\n"
    "  -j, --skip-bytes=BYTES      skip BYTES input bytes first\n"
    "  -N, --read-bytes=BYTES      limit dump to BYTES input bytes\n"
    "  -S BYTES, --strings[=BYTES]  output strings of at least BYTES (3) graphic chars\n"
    "  -t, --format=TYPE           select output format or formats: a, c, d[SIZE], f[SIZE], o, u, x; z suffix\n"
    "  -v, --output-duplicates     do not use * to mark line suppression\n"
    "  -w[BYTES], --width[=BYTES]  output BYTES bytes per output line (32 without a number)\n"
    "      --traditional           accept arguments in the third form above; LABEL is shown beside addresses\n"
    "  -a -b -c -d -f -i -l -o -s -x   same as -t a, oC, c, u2, fF, dI, dL, o2, d2, x2\n"
    "      --help                  display this help and exit\n"
    "      --version               output version information and exit\n";

struct Format {
  char kind;        // a c d f o u x
  int size = 1;     // bytes per value
  int width = 0;    // columns of a value, with its leading blank
  bool text = false;
};

struct Options {
  char radix = 'o';
  uint64_t skip = 0;
  std::optional<uint64_t> limit, strings;
  std::vector<std::string> types;
  bool duplicates = false, big_endian = false, traditional = false;
  bool modern = false;   // an option that POSIX has: a lone operand is a file then
  std::optional<uint64_t> width, label;
};

std::optional<int> bytes(Process& p, uint64_t& to, std::string_view v, const char* option) {
  bool over = false;
  std::optional<uint64_t> n;
  if (v.size() > 2 && v[0] == '0' && (v[1] == 'x' || v[1] == 'X')) {
    char* end;
    std::string s(v);
    n = std::strtoull(s.c_str(), &end, 16);
    if (*end) n.reset();
  } else if (v.size() > 1 && v[0] == '0' && v.find_first_not_of("01234567") == std::string_view::npos) {
    n = std::strtoull(std::string(v).c_str(), nullptr, 8);
  } else {
    n = parse_size(v, "bkKmMGTPEZY0", &over);
  }
  if (n && !over) {
    to = *n;
    return std::nullopt;
  }
  p.warn("invalid %s argument '%s'", option, std::string(v).c_str());
  return 1;
}

template <char A, char B = 0>
void add_type(Options& o) {
  o.types.push_back(B ? std::string{A, B} : std::string{A});
}

std::optional<int> set_width(Process& p, Options& o, const char* option, std::optional<std::string_view> v) {
  NumberText n = read_number(v.value_or("32"), "");
  if (n.flaw) return warn_number(p, n.flaw, option, *v);
  o.width = n.value;
  o.modern = true;
  return std::nullopt;
}

constexpr Flag<Options> kFlags[] = {
    {'A', "address-radix",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       if (v.size() == 1 && std::strchr("doxn", v[0])) {
         o.radix = v[0];
         o.modern = true;
         return std::nullopt;
       }
       p.warn("invalid output address radix '%s'; it must be one character from [doxn]", std::string(v).c_str());
       return 1;
     }},
    {0, "endian",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       constexpr Choice kOrders[] = {{"little", 0}, {"big", 1}};
       auto c = choose(p, "--endian", v, kOrders);
       if (!c) return try_help(p);
       o.big_endian = *c;
       o.modern = true;
       return std::nullopt;
     }},
    {'j', "skip-bytes",
     +[](Process& p, Options& o, std::string_view v) {
       o.modern = true;
       return bytes(p, o.skip, v, "-j");
     }},
    {'N', "read-bytes",
     +[](Process& p, Options& o, std::string_view v) {
       o.limit = 0;
       o.modern = true;
       return bytes(p, *o.limit, v, "-N");
     }},
    {'S', "",
     +[](Process& p, Options& o, std::string_view v) {
       o.strings = 3;
       o.modern = true;
       return bytes(p, *o.strings, v, "-S");
     }},
    {0, "strings",
     +[](Options& o, std::optional<std::string_view> v) {
       o.strings = v ? parse_size(*v, "bkKmMGTPEZY0").value_or(3) : 3;
       o.modern = true;
     }},
    {'t', "format",
     +[](Options& o, std::string_view v) {
       o.types.emplace_back(v);
       o.modern = true;
     }},
    {'v', "output-duplicates",
     +[](Options& o) {
       o.duplicates = true;
       o.modern = true;
     }},
    {'w', "", +[](Process& p, Options& o, std::optional<std::string_view> v) { return set_width(p, o, "-w", v); }},
    {0, "width", +[](Process& p, Options& o, std::optional<std::string_view> v) { return set_width(p, o, "--width", v); }},
    {0, "traditional", &Options::traditional},
    {'a', "", add_type<'a'>},
    {'b', "", add_type<'o', '1'>},
    {'c', "", add_type<'c'>},
    {'d', "", add_type<'u', '2'>},
    {'f', "", add_type<'f', '4'>},
    {'i', "", add_type<'d', '4'>},
    {'l', "", add_type<'d', '8'>},
    {'o', "", add_type<'o', '2'>},
    {'s', "", add_type<'d', '2'>},
    {'x', "", add_type<'x', '2'>},
    {'h', "", add_type<'x', '2'>},
    {'B', "", add_type<'o', '2'>},
    {'D', "", add_type<'u', '4'>},
    {'e', "", add_type<'f', '8'>},
    {'F', "", add_type<'f', '8'>},
    {'H', "", add_type<'x', '4'>},
    {'I', "", add_type<'d', '8'>},
    {'L', "", add_type<'d', '8'>},
    {'O', "", add_type<'o', '4'>},
    {'X', "", add_type<'x', '4'>},
};

int integer_width(char kind, int size) {
  constexpr int kOctal[] = {0, 3, 6, 0, 11, 0, 0, 0, 22}, kSigned[] = {0, 4, 6, 0, 11, 0, 0, 0, 20}, kUnsigned[] = {0, 3, 5, 0, 10, 0, 0, 0, 20};
  return 1 + (kind == 'o' ? kOctal[size] : kind == 'd' ? kSigned[size] : kind == 'u' ? kUnsigned[size] : size * 2);
}

bool parse_type(Process& p, const std::string& text, std::vector<Format>& out) {
  for (size_t i = 0; i < text.size();) {
    Format f{text[i++]};
    if (!std::strchr("acdfoux", f.kind)) {
      p.warn("invalid character '%c' in type string %s", f.kind, quote(p, text).c_str());
      return false;
    }
    if (f.kind == 'a' || f.kind == 'c') {
      f.width = 4;
    } else {
      f.size = f.kind == 'f' ? 8 : 4;
      size_t digits = i;
      int n = 0;
      while (i < text.size() && ascii_digit(text[i])) n = n * 10 + (text[i++] - '0');
      if (i > digits) {
        f.size = n;
      } else if (i < text.size()) {
        constexpr std::string_view kNames = "CSIL";
        constexpr int kSizes[] = {1, 2, 4, 8};
        size_t k = kNames.find(text[i]);
        if (f.kind != 'f' && k != std::string_view::npos) {
          f.size = kSizes[k];
          i++;
        } else if (f.kind == 'f' && std::strchr("FDL", text[i]) && text[i]) {
          f.size = text[i] == 'F' ? 4 : text[i] == 'D' ? 8 : static_cast<int>(sizeof(long double));
          i++;
        }
      }
      bool fine = f.kind == 'f' ? f.size == 4 || f.size == 8 || f.size == static_cast<int>(sizeof(long double))
                                : f.size == 1 || f.size == 2 || f.size == 4 || f.size == 8;
      if (!fine) {
        p.warn("invalid type string %s;\nthis system doesn't provide a %d-byte %s type", quote(p, text).c_str(), f.size,
               f.kind == 'f' ? "floating point" : "integral");
        return false;
      }
      f.width = f.kind == 'f' ? (f.size == 4 ? 16 : f.size == 8 ? 25 : 30) : integer_width(f.kind, f.size);
    }
    if (i < text.size() && text[i] == 'z') {
      f.text = true;
      i++;
    }
    out.push_back(f);
  }
  return true;
}

// The shortest form that reads back as the same value. Numbers below the normal ones have few
// digits that mean something.
std::string shortest(long double v) {
  char text[80];
  for (int digits = std::fabs(v) < LDBL_MIN ? 1 : LDBL_DIG; digits <= 36; digits++) {
    std::snprintf(text, sizeof text, "%.*Lg", digits, v);
    if (std::isnan(v) || std::strtold(text, nullptr) == v) break;
  }
  return text;
}
std::string shortest(double v, bool single) {
  char text[64];
  bool tiny = std::fabs(v) < (single ? FLT_MIN : DBL_MIN);
  for (int digits = tiny ? 1 : single ? 6 : 15; digits <= 17; digits++) {
    std::snprintf(text, sizeof text, "%.*g", digits, v);
    if (single ? std::strtof(text, nullptr) == static_cast<float>(v) : std::strtod(text, nullptr) == v) break;
    if (std::isnan(v)) break;
  }
  return text;
}

std::string value_text(const Format& f, const unsigned char* at, bool big) {
  char text[64];
  if (f.kind == 'a') {
    constexpr const char* kNames[] = {"nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht",  "nl",  "vt", "ff", "cr", "so", "si", "dle",
                                      "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs", "rs", "us", "sp"};
    unsigned char c = *at & 0x7f;
    return c == 0x7f ? "del" : c <= 32 ? kNames[c] : std::string(1, static_cast<char>(c));
  }
  if (f.kind == 'c') {
    constexpr std::string_view from = "\a\b\f\n\r\t\v", to = "abfnrtv";
    size_t k = from.find(static_cast<char>(*at));
    if (*at == 0) return "\\0";
    if (k != std::string_view::npos) return std::string("\\") + to[k];
    if (*at >= ' ' && *at < 0x7f) return std::string(1, static_cast<char>(*at));
    std::snprintf(text, sizeof text, "%03o", *at);
    return text;
  }
  if (f.size > 8) {
    unsigned char image[sizeof(long double)];
    for (int i = 0; i < f.size; i++) image[i] = at[big ? f.size - 1 - i : i];
    long double v;
    std::memcpy(&v, image, sizeof v);
    return shortest(v);
  }
  uint64_t u = 0;
  for (int i = 0; i < f.size; i++) u |= static_cast<uint64_t>(at[big ? f.size - 1 - i : i]) << (8 * i);
  if (f.kind == 'f') {
    if (f.size == 4) {
      float v;
      uint32_t w = static_cast<uint32_t>(u);
      std::memcpy(&v, &w, 4);
      return shortest(v, true);
    }
    double v;
    std::memcpy(&v, &u, 8);
    return shortest(v, false);
  }
  int shift = 64 - 8 * f.size;
  auto s = static_cast<long long>(static_cast<int64_t>(u << shift) >> shift);
  int width = f.width - 1;
  if (f.kind == 'd') std::snprintf(text, sizeof text, "%lld", s);
  else if (f.kind == 'u') std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(u));
  else if (f.kind == 'o') std::snprintf(text, sizeof text, "%0*llo", width, static_cast<unsigned long long>(u));
  else std::snprintf(text, sizeof text, "%0*llx", width, static_cast<unsigned long long>(u));
  return text;
}

class Dumper {
 public:
  Dumper(Process& p, const Options& o, std::vector<Format> formats, Output& out) : o_(o), formats_(std::move(formats)), out_(out) {
    int lcm = 1;
    for (const auto& f : formats_) lcm = std::max(lcm, f.size);
    width_ = o.width.value_or(16);
    if (width_ == 0 || width_ % static_cast<uint64_t>(lcm)) {
      p.warn("warning: invalid width %llu; using %d instead", static_cast<unsigned long long>(width_), lcm);
      width_ = static_cast<uint64_t>(lcm);
    }
    // Every format gives a block of bytes the same number of columns.
    for (const auto& f : formats_) columns_ = std::max(columns_, f.width * static_cast<int>(width_) / f.size);
  }

  uint64_t width() const { return width_; }
  void set_address(uint64_t a) { address_ = a; }

  void line(std::string_view bytes) {
    if (!o_.duplicates && have_last_ && bytes.size() == width_ && bytes == last_) {
      if (!starred_) out_.write("*\n");
      starred_ = true;
    } else {
      starred_ = false;
      print(bytes);
      last_.assign(bytes);
      have_last_ = true;
    }
    address_ += bytes.size();
  }

  void end() {
    if (o_.radix == 'n' && !o_.label) return;
    put_address();
    out_.put('\n');
  }

 private:
  void put_address() {
    const char* format = o_.radix == 'o' ? "%07llo" : o_.radix == 'd' ? "%07llu" : "%06llx";
    if (o_.radix != 'n') out_.format(format, static_cast<unsigned long long>(address_));
    if (!o_.label) return;
    if (o_.radix != 'n') out_.put(' ');
    out_.put('(');
    out_.format(o_.radix == 'n' ? "%07llo" : format, static_cast<unsigned long long>(*o_.label + address_ - o_.skip));
    out_.put(')');
  }

  void print(std::string_view bytes) {
    std::string padded(bytes);
    padded.resize((bytes.size() + 15) / 16 * 16, 0);
    bool first = true;
    for (const auto& f : formats_) {
      if (first) put_address();
      else {
        size_t pad = o_.radix == 'n' ? 0 : o_.radix == 'x' ? 6 : 7;
        out_.write(std::string(pad, ' '));
      }
      first = false;
      size_t values = (bytes.size() + static_cast<size_t>(f.size) - 1) / static_cast<size_t>(f.size);
      size_t per_line = width_ / static_cast<size_t>(f.size);
      int spare = columns_ - f.width * static_cast<int>(per_line);
      int used = 0;
      for (size_t i = 0; i < values; i++) {
        std::string v = value_text(f, reinterpret_cast<const unsigned char*>(padded.data()) + i * static_cast<size_t>(f.size), o_.big_endian);
        int upto = spare - spare * static_cast<int>(per_line - i - 1) / static_cast<int>(per_line);   // the first get the most
        int width = f.width + upto - used;
        used = upto;
        if (static_cast<int>(v.size()) < width) out_.write(std::string(static_cast<size_t>(width) - v.size(), ' '));
        out_.write(v);
      }
      if (f.text) {
        size_t missing = per_line - values;
        out_.write(std::string(missing * static_cast<size_t>(f.width) + static_cast<size_t>(spare - used), ' '));
        out_.write("  >");
        for (char c : bytes) out_.put(c >= ' ' && c < 0x7f ? c : '.');
        out_.put('<');
      }
      out_.put('\n');
    }
  }

  const Options& o_;
  std::vector<Format> formats_;
  Output& out_;
  uint64_t width_, address_ = 0;
  int columns_ = 0;
  std::string last_;
  bool have_last_ = false, starred_ = false;
};

/// The files as one stream.
class Stream {
 public:
  Stream(Process& p, std::vector<std::string> files) : p_(p), files_(std::move(files)) {}
  // Up to n bytes; fewer only at the end.
  std::string take(uint64_t n) {
    std::string out;
    while (out.size() < n) {
      if (!in_) {
        if (next_ == files_.size()) break;
        in_ = open_input(p_, files_[next_++]);
        if (!in_) {
          status = 1;
          continue;
        }
        opened = true;
      }
      std::string_view block = in_->block();
      if (block.empty()) {
        if (report_read_error(p_, *in_)) status = 1;
        in_.reset();
        continue;
      }
      block = block.substr(0, n - out.size());
      out += block;
      in_->consume(block.size());
    }
    return out;
  }
  int status = 0;
  bool opened = false;   ///< some file could be read

 private:
  Process& p_;
  std::vector<std::string> files_;
  size_t next_ = 0;
  std::unique_ptr<Input> in_;
};

void dump_strings(Stream& in, Output& out, const Options& o, uint64_t address) {
  std::string text;
  uint64_t left = o.limit.value_or(UINT64_MAX), start = address;
  while (left > 0) {
    std::string c = in.take(1);
    if (c.empty()) break;
    left--;
    if (text.empty()) start = address;
    address++;
    if (c[0] >= ' ' && c[0] < 0x7f) {
      text += c;
      continue;
    }
    if (c[0] == 0 && text.size() >= *o.strings) {
      if (o.radix != 'n') out.format(o.radix == 'o' ? "%07llo " : o.radix == 'd' ? "%07llu " : "%06llx ", static_cast<unsigned long long>(start));
      out.line(text);
    }
    text.clear();
  }
}

// [+]N[b]: octal, or hexadecimal after 0x. A decimal point would ask for decimal, but GNU's reader
// then stumbles over the point itself.
std::optional<uint64_t> old_offset(std::string_view s) {
  if (s.starts_with('+')) s.remove_prefix(1);
  uint64_t unit = 1;
  if (!s.empty() && (s.back() == 'b' || s.back() == 'B') && !s.starts_with("0x") && !s.starts_with("0X")) {
    unit = s.back() == 'b' ? 512 : 1024;
    s.remove_suffix(1);
    if (s.empty()) return unit;
  }
  bool hex = s.starts_with("0x") || s.starts_with("0X");
  if (hex) s.remove_prefix(2);
  uint64_t n = 0;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n, hex ? 16 : 8);
  if (s.empty() || error != std::errc() || end != s.data() + s.size() || n > UINT64_MAX / unit) return std::nullopt;
  return n * unit;
}

// Operands of the second and third forms: an offset, and the label of the first byte.
std::optional<int> traditional_operands(Process& p, Options& o, std::vector<std::string>& files) {
  if (o.modern && !o.traditional) return std::nullopt;
  size_t n = files.size();
  auto looks_old = [&](char c, bool digits) { return o.traditional || c == '+' || (digits && ascii_digit(c)); };
  auto first = n > 0 ? old_offset(files[n == 3 ? 1 : 0]) : std::nullopt, last = n > 0 ? old_offset(files[n - 1]) : std::nullopt;
  if (n == 1 && looks_old(files[0][0], false) && last) {
    o.skip = *last;
    files.clear();
  } else if (n == 2 && looks_old(files[1][0], true) && last) {
    bool label = o.traditional && first;
    o.skip = label ? *first : *last;
    if (label) o.label = last;
    files.resize(label ? 0 : 1);
  } else if (n == 3 && o.traditional && first && last) {
    o.skip = *first;
    o.label = last;
    files.resize(1);
  }
  if (!o.traditional || files.size() < 2) return std::nullopt;
  p.warn("extra operand %s", quote(p, files[1]).c_str());
  p.warn("compatibility mode supports at most one file");
  return try_help(p);
}

int od_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (o.strings && !o.types.empty()) {
    p.warn("no type may be specified when dumping strings");
    return 1;
  }
  if (auto status = traditional_operands(p, o, files)) return *status;
  std::vector<Format> formats;
  if (o.types.empty()) o.types = {"oS"};
  bool good = true;
  for (const auto& t : o.types) good = parse_type(p, t, formats) && good;
  if (!good) return 1;
  if (files.empty()) files = {"-"};
  Output out(p);
  Stream in(p, files);
  uint64_t skipped = 0;
  while (skipped < o.skip) {
    std::string block = in.take(std::min<uint64_t>(o.skip - skipped, 65536));
    if (block.empty()) {
      if (in.opened) p.warn("cannot skip past end of combined input");
      return 1;
    }
    skipped += block.size();
  }
  if (o.strings) {
    dump_strings(in, out, o, skipped);
    return out.finish(in.status);
  }
  Dumper dumper(p, o, formats, out);
  dumper.set_address(skipped);
  uint64_t left = o.limit.value_or(UINT64_MAX);
  while (left > 0) {
    std::string bytes = in.take(std::min(left, dumper.width()));
    if (bytes.empty()) break;
    left -= bytes.size();
    dumper.line(bytes);
  }
  if (in.opened || left == 0) dumper.end();
  return out.finish(in.status);
}

}  // namespace

Command od_command() { return {{"od"}, kUsage, od_main}; }

}  // namespace nacre
