/// base64 - encode and decode data.
/// Source: GNU coreutils 9 manual, "base64 invocation"; RFC 4648.
/// Differs: none known.
#include <array>
#include <cstring>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: base64 [OPTION]... [FILE]\nBase64 encode or decode FILE, or standard input, to standard output.\n\n"
    "  -d, --decode          decode data\n  -i, --ignore-garbage  when decoding, ignore non-alphabet characters\n"
    "  -w, --wrap=COLS       wrap encoded lines after COLS character (default 76); 0 to disable line wrapping\n"
    "      --help            display this help and exit\n      --version         output version information and exit\n";

struct Options {
  bool decode = false, ignore = false;
  uint64_t wrap = 76;
};
constexpr Flag<Options> kFlags[] = {{'d', "decode", &Options::decode},
                                    {'i', "ignore-garbage", &Options::ignore},
                                    {'w', "wrap", +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
                                       auto n = parse_int(v);
                                       if (!n || *n < 0) {
                                         p.warn("invalid wrap size: %s", quote(p, v).c_str());
                                         return 1;
                                       }
                                       o.wrap = static_cast<uint64_t>(*n);
                                       return std::nullopt;
                                     }}};

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The two digits of 12 bits.
struct Pairs {
  char at[4096][2];
  Pairs() {
    for (size_t i = 0; i < 4096; i++) {
      at[i][0] = kAlphabet[i >> 6];
      at[i][1] = kAlphabet[i & 63];
    }
  }
};

void encode(Input& in, Output& out, uint64_t wrap) {
  static const Pairs pairs;
  uint64_t column = 0;
  std::string text;
  auto flush = [&] {
    std::string_view rest = text;
    while (wrap && column + rest.size() >= wrap) {
      out.write(rest.substr(0, wrap - column));
      out.put('\n');
      rest.remove_prefix(wrap - column);
      column = 0;
    }
    out.write(rest);
    column += rest.size();
    text.clear();
  };
  size_t want = 3;
  for (;;) {
    std::string_view b = in.block(want);
    size_t n = b.size() >= 3 ? b.size() / 3 * 3 : b.size();
    if (n == 0) break;
    text.resize((n + 2) / 3 * 4);
    char* to = text.data();
    auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(b[i])); };
    size_t i = 0;
    for (; i + 3 <= n; i += 3, to += 4) {
      uint32_t v = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
      std::memcpy(to, pairs.at[v >> 12], 2);
      std::memcpy(to + 2, pairs.at[v & 4095], 2);
    }
    if (i < n) {
      uint32_t v = byte(i) << 16 | (i + 1 < n ? byte(i + 1) << 8 : 0);
      std::memcpy(to, pairs.at[v >> 12], 2);
      to[2] = i + 1 < n ? kAlphabet[v >> 6 & 63] : '=';
      to[3] = '=';
    }
    in.consume(n);
    flush();
  }
  if (wrap && column) out.put('\n');
}

bool decode(Input& in, Output& out, bool ignore) {
  static const auto table = [] {
    std::array<int8_t, 256> t{};
    t.fill(-1);
    for (size_t i = 0; i < 64; i++) t[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
    return t;
  }();
  uint32_t v = 0;
  int have = 0, pads = 0;
  for (std::string_view b = in.block(); !b.empty(); b = in.block()) {
    const char* at = b.data();
    const char* end = at + b.size();
    while (at < end) {
      // Whole groups, until one holds something else than digits.
      auto digit = [&](int i) { return static_cast<int>(table[static_cast<unsigned char>(at[i])]); };
      while (have + pads == 0 && end - at >= 4) {
        const int first = digit(0), second = digit(1), third = digit(2), fourth = digit(3);
        if ((first | second | third | fourth) < 0) break;
        const int all = first << 18 | second << 12 | third << 6 | fourth;
        const char three[3] = {static_cast<char>(all >> 16), static_cast<char>(all >> 8), static_cast<char>(all)};
        out.write({three, 3});
        at += 4;
      }
      if (at == end) break;
      const char c = *at++;
      if (c == '\n') continue;
      int8_t d = table[static_cast<unsigned char>(c)];
      if (c == '=' && have >= 2) {
        pads++;
        if (have + pads < 4) continue;
        out.put(static_cast<char>(have == 2 ? v >> 4 : v >> 10));
        if (have == 3) out.put(static_cast<char>(v >> 2));
        v = 0;
        have = pads = 0;
        continue;
      }
      if (d < 0 || pads) {
        if (ignore && !pads) continue;
        // What the unfinished group already holds is still written, as GNU does.
        if (have >= 2) out.put(static_cast<char>(have == 2 ? v >> 4 : v >> 10));
        if (have == 3) out.put(static_cast<char>(v >> 2));
        return false;
      }
      v = v << 6 | static_cast<uint32_t>(d);
      if (++have < 4) continue;
      const char three[3] = {static_cast<char>(v >> 16), static_cast<char>(v >> 8), static_cast<char>(v)};
      out.write({three, 3});
      v = 0;
      have = 0;
    }
    in.consume(b.size());
  }
  if (have >= 2) out.put(static_cast<char>(have == 2 ? v >> 4 : v >> 10));
  if (have == 3) out.put(static_cast<char>(v >> 2));
  return have == 0;
}

int base64_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (files.size() > 1) return extra_operand(p, files[1]);
  auto in = open_input(p, files.empty() ? "-" : files[0]);
  if (!in) return 1;
  Output out(p);
  bool good = true;
  if (o.decode) good = decode(*in, out, o.ignore);
  else encode(*in, out, o.wrap);
  out.flush();
  if (in->error() != Errno::OK) {
    p.warn(in->error(), "read error");
    return 1;
  }
  if (!good) p.warn("invalid input");
  return good ? 0 : 1;
}

}  // namespace

Command base64_command() { return {{"base64"}, kUsage, base64_main}; }

}  // namespace nacre
